namespace Nola.Silo.Health;

/// <summary>How the silo is, for <c>/healthz</c> and <c>/readyz</c>.</summary>
public sealed class SiloHealth
{
    private volatile SiloPhase phase = SiloPhase.Starting;
    private volatile string? notice;

    /// <summary>Where the silo is between its start and its end.</summary>
    public SiloPhase Phase
    {
        get => phase;
        internal set => phase = value;
    }

    /// <summary>Why it trains on fewer devices than it was given, one sentence; null when all is well.</summary>
    public string? Notice
    {
        get => notice;
        internal set => notice = value;
    }
}

/// <summary>Where a silo is between its start and its end.</summary>
public enum SiloPhase
{
    /// <summary>Joining its cluster and testing its workers.</summary>
    Starting,

    /// <summary>Takes calls and trials.</summary>
    Ready,

    /// <summary>Told to stop: trials save checkpoints and leave.</summary>
    Draining,
}
