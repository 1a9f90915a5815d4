namespace Nola.Training.Loop;

/// <summary>When the next report is due, and how fast training went since the last one.</summary>
internal sealed class Pace(TimeProvider time)
{
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(1);

    private long began = time.GetTimestamp();
    private long samplesThen;

    public bool IsReportDue => Elapsed >= BetweenReports;

    private TimeSpan Elapsed => time.GetElapsedTime(began);

    /// <summary>Samples of training a second, when so many have been seen by now.</summary>
    public double SamplesPerSecond(long samples) => Elapsed > TimeSpan.Zero ? (samples - samplesThen) / Elapsed.TotalSeconds : 0;

    /// <summary>Measures from now on.</summary>
    /// <param name="samples">Samples seen by now.</param>
    public void Restart(long samples)
    {
        began = time.GetTimestamp();
        samplesThen = samples;
    }
}
