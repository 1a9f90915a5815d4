namespace Nola.Silo.Health;

/// <summary>How the silo is, for <c>/healthz</c> and <c>/readyz</c>.</summary>
public sealed class SiloHealth
{
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile SiloPhase phase = SiloPhase.Starting;
    private volatile string? notice;
    private volatile string? sandbox;

    /// <summary>Where the silo is between its start and its end.</summary>
    public SiloPhase Phase => phase;

    /// <summary>Why it trains on fewer devices than it was given, one sentence; null when all is well.</summary>
    public string? Notice => notice;

    /// <summary>Which programs its sandbox runs, or why none; null as long as that was not tested.</summary>
    public string? Sandbox
    {
        get => sandbox;
        internal set => sandbox = value;
    }

    /// <summary>Done when the silo has joined its cluster and tested its devices.</summary>
    public Task Ready => ready.Task;

    internal void BecomeReady(string? withNotice)
    {
        notice = withNotice;
        if (phase == SiloPhase.Starting)
            phase = SiloPhase.Ready;
        ready.TrySetResult();
    }

    internal void Drain() => phase = SiloPhase.Draining;
}

/// <summary>Where a silo is between its start and its end.</summary>
public enum SiloPhase
{
    /// <summary>Joining its cluster and testing its devices.</summary>
    Starting,

    /// <summary>Takes calls and trials.</summary>
    Ready,

    /// <summary>Told to stop: trials save checkpoints and leave.</summary>
    Draining,
}
