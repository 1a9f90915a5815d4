namespace Nola.Training.Packing;

/// <summary>A clock that leaves out what a trial is not charged for. Used by one thread.</summary>
internal sealed class ChargedTime(TimeProvider time) : TimeProvider
{
    private long excused; // in units of the clock

    public override long TimestampFrequency => time.TimestampFrequency;

    public override long GetTimestamp() => time.GetTimestamp() - excused;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

    /// <summary>Leaves out a time that has passed.</summary>
    public void Excuse(TimeSpan passed) => excused += (long)(passed.TotalSeconds * time.TimestampFrequency);
}
