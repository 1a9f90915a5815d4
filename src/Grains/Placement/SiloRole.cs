namespace Nola.Grains.Placement;

/// <summary>What a silo of a cluster is for.</summary>
public enum SiloRole
{
    /// <summary>Runs trials and keeps experiments; the only choice for a cluster of one.</summary>
    All,

    /// <summary>Keeps experiments, studies and the scheduler; runs no trials.</summary>
    Control,

    /// <summary>Runs trials; keeps experiments only while no other silo is there to do so.</summary>
    Worker,
}
