using Nola.Core.Endpoints;

namespace Nola.Reasoning.Endpoints;

/// <summary>A limiter within one process: <see cref="AdaptiveConcurrency"/>, and a <see cref="RateBucket"/> each for requests and tokens.</summary>
public sealed class AdaptiveLimiter : ICallLimiter
{
    private readonly Lock gate = new();
    private readonly AdaptiveConcurrency concurrency;
    private readonly LinkedList<Waiter> waiting = [];
    private readonly RateBucket? requests;
    private readonly RateBucket? tokens;
    private readonly ITimer timer;
    private int inFlight;

    public AdaptiveLimiter(EndpointLimits? limits = null, TimeProvider? time = null)
    {
        limits ??= new();
        time ??= TimeProvider.System;
        concurrency = new(limits, time);
        requests = limits.RequestsPerMinute is { } perMinute ? new(perMinute, time) : null;
        tokens = limits.TokensPerMinute is { } tokensPerMinute ? new(tokensPerMinute, time) : null;
        timer = time.CreateTimer(_ => Admit(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Requests that may be in flight now.</summary>
    public int Concurrency
    {
        get
        {
            lock (gate)
                return concurrency.Limit;
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
            while (waiting.First is { } node && inFlight < concurrency.Limit)
            {
                var (forRequest, forTokens) = (requests?.WaitFor(1) ?? TimeSpan.Zero, tokens?.WaitFor(node.Value.Tokens) ?? TimeSpan.Zero);
                if (forRequest > TimeSpan.Zero || forTokens > TimeSpan.Zero)
                {
                    timer.Change(forRequest > forTokens ? forRequest : forTokens, Timeout.InfiniteTimeSpan);
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
            if (feedback.Signal == CallSignal.Throttled)
                concurrency.Throttled();
            else if (feedback.Signal == CallSignal.Clean)
                concurrency.Clean();
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
}
