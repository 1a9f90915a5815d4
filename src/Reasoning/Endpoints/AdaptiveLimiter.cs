namespace Nola.Reasoning.Endpoints;

/// <summary>Limits of <see cref="AdaptiveLimiter"/>.</summary>
public sealed record AdaptiveLimiterOptions
{
    /// <summary>Requests at once at the beginning. Default: 20.</summary>
    public int Start { get; init; } = 20;

    /// <summary>Fewest requests at once. Default: 1.</summary>
    public int Minimum { get; init; } = 1;

    /// <summary>Most requests at once. Default: 100.</summary>
    public int Maximum { get; init; } = 100;

    /// <summary>Requests a minute; null for no limit. Default: null.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Tokens a minute, prompt and completion; null for no limit. Default: null.</summary>
    public long? TokensPerMinute { get; init; }

    /// <summary>Time after a decrease in which further refusals belong to the same episode and change nothing. Default: 15 s.</summary>
    public TimeSpan CoolDown { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>
/// A limiter within one process. Concurrency doubles with each clean round until the first refusal, then grows by 5 % (at least 1) a round; a
/// refusal multiplies it by 0.8, once per episode. Requests and tokens per minute are buckets that hold a tenth of a minute's worth.
/// </summary>
public sealed class AdaptiveLimiter : ICallLimiter
{
    private const double Decrease = 0.8;
    private const double Increase = 1.05;

    private readonly Lock gate = new();
    private readonly AdaptiveLimiterOptions options;
    private readonly TimeProvider time;
    private readonly LinkedList<Waiter> waiting = [];
    private readonly Bucket? requests;
    private readonly Bucket? tokens;
    private readonly ITimer timer;
    private double limit;
    private int inFlight;
    private int clean;
    private bool wasThrottled;
    private long? decreasedAt;

    public AdaptiveLimiter(AdaptiveLimiterOptions? options = null, TimeProvider? time = null)
    {
        this.options = options ?? new();
        this.time = time ?? TimeProvider.System;
        ArgumentOutOfRangeException.ThrowIfLessThan(this.options.Minimum, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(this.options.Maximum, this.options.Minimum, nameof(options));
        limit = Math.Clamp(this.options.Start, this.options.Minimum, this.options.Maximum);
        requests = this.options.RequestsPerMinute is { } perMinute ? new(perMinute, this.time) : null;
        tokens = this.options.TokensPerMinute is { } tokensPerMinute ? new(tokensPerMinute, this.time) : null;
        timer = this.time.CreateTimer(_ => Admit(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Requests that may be in flight now.</summary>
    public int Concurrency
    {
        get
        {
            lock (gate)
                return (int)limit;
        }
    }

    public async ValueTask<ICallPermit> Acquire(long tokens, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var waiter = new Waiter(tokens);
        LinkedListNode<Waiter> node;
        lock (gate)
            node = waiting.AddLast(waiter);
        Admit();
        await using var registration = stop.Register(() => GiveUp(node, stop));
        return await waiter.Admitted.Task;
    }

    private void GiveUp(LinkedListNode<Waiter> node, CancellationToken stop)
    {
        lock (gate)
        {
            if (node.List is null)
                return;
            waiting.Remove(node);
        }

        node.Value.Admitted.TrySetCanceled(stop);
        Admit();
    }

    // In order of arrival: a large call at the head is not overtaken for ever by small ones.
    private void Admit()
    {
        lock (gate)
        {
            while (waiting.First is { } node && inFlight < (int)limit)
            {
                var wait = Bucket.Longer(requests?.WaitFor(1), tokens?.WaitFor(node.Value.Tokens));
                if (wait > TimeSpan.Zero)
                {
                    timer.Change(wait, Timeout.InfiniteTimeSpan);
                    return;
                }

                requests?.Take(1);
                tokens?.Take(node.Value.Tokens);
                inFlight++;
                waiting.RemoveFirst();
                node.Value.Admitted.TrySetResult(new Permit(this, node.Value.Tokens));
            }
        }
    }

    private void Release(long estimate, CallFeedback feedback)
    {
        lock (gate)
        {
            inFlight--;
            if (feedback.Tokens is { } used)
                tokens?.Take(used - estimate);
            switch (feedback.Signal)
            {
                case CallSignal.Throttled when decreasedAt is null || time.GetElapsedTime(decreasedAt.Value) >= options.CoolDown:
                    limit = Math.Max(options.Minimum, limit * Decrease);
                    decreasedAt = time.GetTimestamp();
                    wasThrottled = true;
                    clean = 0;
                    break;
                case CallSignal.Throttled:
                    clean = 0;
                    break;
                case CallSignal.Clean when ++clean >= (int)limit:
                    limit = Math.Min(options.Maximum, wasThrottled ? Math.Max(limit + 1, limit * Increase) : limit * 2);
                    clean = 0;
                    break;
            }
        }

        Admit();
    }

    private sealed class Waiter(long tokens)
    {
        public long Tokens { get; } = tokens;

        public TaskCompletionSource<ICallPermit> Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Permit(AdaptiveLimiter limiter, long estimate) : ICallPermit
    {
        private int released;

        public ValueTask Release(CallFeedback feedback)
        {
            if (Interlocked.Exchange(ref released, 1) == 0)
                limiter.Release(estimate, feedback);
            return ValueTask.CompletedTask;
        }
    }

    // Filled evenly; it may go below zero when a call used more than was estimated.
    private sealed class Bucket(long perMinute, TimeProvider time)
    {
        private readonly double capacity = Math.Max(1, perMinute / 10.0);
        private double level = Math.Max(1, perMinute / 10.0);
        private long filledAt = time.GetTimestamp();

        // A call larger than the bucket goes when the bucket is full, and leaves a debt.
        public TimeSpan WaitFor(long amount)
        {
            Fill();
            var missing = Math.Min(amount, capacity) - level;
            return missing <= 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(missing / perMinute * 60_000));
        }

        public void Take(long amount)
        {
            Fill();
            level = Math.Min(capacity, level - amount);
        }

        public static TimeSpan Longer(TimeSpan? a, TimeSpan? b) => (a ?? TimeSpan.Zero) > (b ?? TimeSpan.Zero) ? a!.Value : b ?? TimeSpan.Zero;

        private void Fill()
        {
            var now = time.GetTimestamp();
            level = Math.Min(capacity, level + time.GetElapsedTime(filledAt, now).TotalMinutes * perMinute);
            filledAt = now;
        }
    }
}
