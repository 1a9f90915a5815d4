namespace Nola.Core.Trials;

/// <summary>When the next report of an attempt is due, and how fast it went since the last one.</summary>
/// <param name="time">Clock.</param>
public sealed class Pace(TimeProvider time)
{
    /// <summary>Time from one report to the next.</summary>
    public static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(1);

    private long began = time.GetTimestamp();
    private long samplesThen;

    /// <summary>Whether so much time has passed.</summary>
    public bool IsReportDue => Elapsed >= BetweenReports;

    private TimeSpan Elapsed => time.GetElapsedTime(began);

    /// <summary>Samples a second since the last report.</summary>
    /// <param name="samples">Samples seen by now.</param>
    public double SamplesPerSecond(long samples) => Elapsed > TimeSpan.Zero ? (samples - samplesThen) / Elapsed.TotalSeconds : 0;

    /// <summary>A report was made; measures from now on.</summary>
    /// <param name="samples">Samples seen by now.</param>
    public void Restart(long samples)
    {
        began = time.GetTimestamp();
        samplesThen = samples;
    }
}
