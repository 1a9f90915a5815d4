using Nola.Core.Endpoints;

namespace Nola.Reasoning.Endpoints;

/// <summary>A limiter within one process: <see cref="AdaptiveConcurrency"/>, and a <see cref="RateBucket"/> each for requests and tokens.</summary>
public sealed class AdaptiveLimiter : CallQueue
{
    private readonly AdaptiveConcurrency concurrency;
    private readonly RateBucket? requests;
    private readonly RateBucket? tokens;
    private readonly ITimer timer;

    public AdaptiveLimiter(EndpointLimits? limits = null, TimeProvider? time = null)
    {
        limits ??= new();
        time ??= TimeProvider.System;
        concurrency = new(limits, time);
        requests = limits.RequestsPerMinute is { } perMinute ? new(perMinute, time) : null;
        tokens = limits.TokensPerMinute is { } tokensPerMinute ? new(tokensPerMinute, time) : null;
        timer = time.CreateTimer(_ => LookAgain(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Requests that may be in flight now.</summary>
    public int Concurrency
    {
        get
        {
            lock (Gate)
                return concurrency.Limit;
        }
    }

    protected override bool TryTake(long tokens)
    {
        if (InFlight >= concurrency.Limit)
            return false;
        var (forRequest, forTokens) = (requests?.WaitFor(1) ?? TimeSpan.Zero, this.tokens?.WaitFor(tokens) ?? TimeSpan.Zero);
        if (forRequest > TimeSpan.Zero || forTokens > TimeSpan.Zero)
        {
            timer.Change(forRequest > forTokens ? forRequest : forTokens, Timeout.InfiniteTimeSpan);
            return false;
        }

        requests?.Take(1);
        this.tokens?.Take(tokens);
        return true;
    }

    protected override void Ended(long estimate, CallFeedback feedback)
    {
        if (feedback.Tokens is { } used)
            tokens?.Take(used - estimate);
        if (feedback.Signal == CallSignal.Throttled)
            concurrency.Throttled();
        else if (feedback.Signal == CallSignal.Clean)
            concurrency.Clean();
    }

    private void LookAgain()
    {
        lock (Gate)
            Admit();
    }
}
