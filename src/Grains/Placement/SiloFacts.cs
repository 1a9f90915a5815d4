namespace Nola.Grains.Placement;

/// <summary>What a silo tells others about itself through Orleans' silo metadata; fixed while it lives.</summary>
public static class SiloFacts
{
    /// <summary>Key of the silo's role: <c>all</c>, <c>control</c> or <c>worker</c>.</summary>
    public const string Role = "nola.role";

    /// <summary>Key of the silo's devices, as in <c>cuda:0 cuda:1</c>; empty where none trains.</summary>
    public const string Devices = "nola.devices";

    /// <summary>A silo that runs no trials.</summary>
    public const string Control = "control";

    /// <summary>A silo that runs trials and leaves experiments to others.</summary>
    public const string Worker = "worker";
}
