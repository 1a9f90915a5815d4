namespace Nola.Core.Endpoints;

/// <summary>
/// How many requests may be in flight: additive increase, multiplicative decrease. It doubles with each clean round until the first refusal, then grows
/// by 5 % (at least 1) a round; a refusal multiplies it by 0.8, once per episode. Not safe for several threads at once.
/// </summary>
public sealed class AdaptiveConcurrency
{
    private const double Decrease = 0.8;
    private const double Increase = 1.05;

    private readonly TimeProvider time;
    private EndpointLimits limits;
    private double limit;
    private int clean;
    private bool wasThrottled;
    private long? decreasedAt;

    /// <exception cref="ArgumentOutOfRangeException">The limits contradict each other.</exception>
    public AdaptiveConcurrency(EndpointLimits limits, TimeProvider time)
    {
        this.time = time;
        this.limits = limits;
        limit = limits.Start;
        Limits = limits;
    }

    /// <summary>What it keeps within; a change keeps what was learnt, as far as the new limits allow.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limits contradict each other.</exception>
    public EndpointLimits Limits
    {
        get => limits;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value.Minimum, 1, nameof(value));
            ArgumentOutOfRangeException.ThrowIfLessThan(value.Maximum, value.Minimum, nameof(value));
            limits = value;
            limit = Math.Clamp(limit, value.Minimum, value.Maximum);
        }
    }

    /// <summary>Requests that may be in flight now.</summary>
    public int Limit => (int)limit;

    /// <summary>Requests were answered. A round is as many of them as may be in flight.</summary>
    public void Clean(int count = 1)
    {
        clean += count;
        if (clean < Limit)
            return;
        limit = Math.Min(limits.Maximum, wasThrottled ? Math.Max(limit + 1, limit * Increase) : limit * 2);
        clean = 0;
    }

    /// <summary>The endpoint refused a request because of its limits.</summary>
    public void Throttled()
    {
        clean = 0;
        if (decreasedAt is { } at && time.GetElapsedTime(at) < limits.CoolDown)
            return;
        limit = Math.Max(limits.Minimum, limit * Decrease);
        decreasedAt = time.GetTimestamp();
        wasThrottled = true;
    }
}
