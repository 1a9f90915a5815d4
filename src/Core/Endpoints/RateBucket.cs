namespace Nola.Core.Endpoints;

/// <summary>
/// Keeps a limit per minute: a bucket that fills evenly and holds a tenth of a minute's worth. What is taken too much is a debt that fills first. Not
/// safe for several threads at once.
/// </summary>
public sealed class RateBucket(long perMinute, TimeProvider time, bool startsFull = true)
{
    private double level = startsFull ? Math.Max(1, perMinute / 10.0) : 0;
    private long filledAt = time.GetTimestamp();

    /// <summary>What it fills with in a minute; a change keeps its level, as far as it holds that.</summary>
    public long PerMinute
    {
        get => perMinute;
        set
        {
            _ = Level;
            perMinute = value;
        }
    }

    /// <summary>Most that it holds.</summary>
    public double Capacity => Math.Max(1, perMinute / 10.0);

    /// <summary>What may be taken now; below zero in debt.</summary>
    public double Level
    {
        get
        {
            var now = time.GetTimestamp();
            level = Math.Min(Capacity, level + (time.GetElapsedTime(filledAt, now).TotalMinutes * perMinute));
            filledAt = now;
            return level;
        }
    }

    /// <summary>Time until an amount may be taken. More than the bucket holds may be taken when it is full.</summary>
    public TimeSpan WaitFor(long amount)
    {
        var missing = Math.Min(amount, Capacity) - Level;
        return missing <= 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(missing / perMinute * 60_000));
    }

    /// <summary>Takes an amount; a negative one is given back.</summary>
    public void Take(long amount) => level = Math.Min(Capacity, Level - amount);
}
