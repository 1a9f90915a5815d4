using Microsoft.Extensions.Logging;
using Nola.Core.Endpoints;
using Nola.Grains.Endpoints;
using Nola.Reasoning.Endpoints;

namespace Nola.Silo.Reasoning;

/// <summary>This silo's part in the limits of one account: sends calls as far as the account's grain allows, and asks it again while there are any.</summary>
internal sealed class ClusterLimiter(string silo, EndpointLimits limits, Func<EndpointDemand, Task<EndpointShare>> exchange, TimeProvider time, ILogger logger) : ICallLimiter
{
    // A silo that lacks something asks often, one that has enough only renews its share.
    private static readonly TimeSpan Impatient = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Content = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly LinkedList<Waiter> waiting = [];
    private Task asking = Task.CompletedTask;
    private int allowed;
    private int inFlight;
    private long spareRequests;
    private long spareTokens;
    private bool countsRequests;
    private bool countsTokens;
    private long waitingTokens;
    private int clean;
    private bool wasThrottled;
    private long validUntil;

    public async ValueTask<ICallPermit> Acquire(long tokens, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var waiter = new Waiter(tokens);
        LinkedListNode<Waiter> node;
        lock (gate)
        {
            node = waiting.AddLast(waiter);
            waitingTokens += tokens;
            Admit();
            if (asking.IsCompleted)
                asking = Task.Run(AskRepeatedly, CancellationToken.None);
        }

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
            waitingTokens -= node.Value.Tokens;
            Admit();
        }

        node.Value.Admitted.TrySetCanceled(stop);
    }

    private async Task AskRepeatedly()
    {
        while (true)
        {
            EndpointDemand demand;
            lock (gate)
            {
                if (waiting.Count == 0 && inFlight == 0 && clean == 0 && !wasThrottled)
                {
                    asking = Task.CompletedTask;
                    return;
                }

                demand = new()
                {
                    Silo = silo,
                    Limits = limits,
                    Allowed = allowed,
                    InFlight = inFlight,
                    Waiting = waiting.Count,
                    WaitingTokens = waitingTokens,
                    NextTokens = waiting.First?.Value.Tokens ?? 0,
                    SpareRequests = (int)spareRequests,
                    SpareTokens = spareTokens,
                    Clean = clean,
                    WasThrottled = wasThrottled,
                };
                (clean, wasThrottled) = (0, false);
            }

            var asked = time.GetTimestamp();
            try
            {
                Take(await exchange(demand), asked);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                // What was allowed stays allowed until its time is over; what was to be told is told again.
                logger.LimitsUnknown(fault);
                lock (gate)
                {
                    clean += demand.Clean;
                    wasThrottled |= demand.WasThrottled;
                }
            }

            bool lacks;
            lock (gate)
                lacks = waiting.Count > 0;
            await Task.Delay(lacks ? Impatient : Content, time);
        }
    }

    private void Take(EndpointShare share, long asked)
    {
        lock (gate)
        {
            allowed = share.Concurrency;
            (countsRequests, countsTokens) = (share.Requests is not null, share.Tokens is not null);
            spareRequests += share.Requests ?? 0;
            spareTokens += share.Tokens ?? 0;
            validUntil = asked + (long)(share.ValidFor.TotalSeconds * time.TimestampFrequency);
            Admit();
        }
    }

    // In order of arrival: a large call at the head is not overtaken for ever by small ones.
    private void Admit()
    {
        while (waiting.First is { } node && inFlight < allowed && time.GetTimestamp() < validUntil)
        {
            if ((countsRequests && spareRequests < 1) || (countsTokens && spareTokens < node.Value.Tokens))
                return;
            spareRequests -= countsRequests ? 1 : 0;
            spareTokens -= countsTokens ? node.Value.Tokens : 0;
            inFlight++;
            waiting.RemoveFirst();
            waitingTokens -= node.Value.Tokens;
            node.Value.Admitted.TrySetResult(new Permit(this, node.Value.Tokens));
        }
    }

    private void Release(long estimate, CallFeedback feedback)
    {
        lock (gate)
        {
            inFlight--;
            if (countsTokens && feedback.Tokens is { } used)
                spareTokens += estimate - used;
            clean += feedback.Signal == CallSignal.Clean ? 1 : 0;
            wasThrottled |= feedback.Signal == CallSignal.Throttled;
            Admit();
        }
    }

    private sealed class Waiter(long tokens)
    {
        public long Tokens { get; } = tokens;

        public TaskCompletionSource<ICallPermit> Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Permit(ClusterLimiter limiter, long estimate) : ICallPermit
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
