namespace Nola.Silo.Commands;

/// <summary>A stopwatch over a clock.</summary>
internal sealed class RunningTime(TimeProvider time)
{
    private readonly Lock gate = new();
    private TimeSpan before;
    private long? since = time.GetTimestamp();

    /// <summary>How long it has run.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (gate)
                return before + (since is { } start ? time.GetElapsedTime(start) : TimeSpan.Zero);
        }
    }

    public void Stop()
    {
        lock (gate)
            (before, since) = (Elapsed, null);
    }

    public void Start()
    {
        lock (gate)
            since ??= time.GetTimestamp();
    }
}
