using Microsoft.Extensions.Logging;
using Nola.Core.Endpoints;
using Nola.Grains.Endpoints;
using Nola.Reasoning.Endpoints;

namespace Nola.Silo.Reasoning;

/// <summary>This silo's part in the limits of one account: sends calls as far as the account's grain allows, and asks it again while there are any.</summary>
internal sealed class ClusterLimiter(string silo, EndpointLimits limits, Func<EndpointDemand, Task<EndpointShare>> exchange, TimeProvider time, ILogger logger) : CallQueue
{
    // A silo that lacks something asks often, one that has enough only renews its share.
    private static readonly TimeSpan Impatient = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Content = TimeSpan.FromSeconds(1);

    private Task asking = Task.CompletedTask;
    private int allowed;
    private long spareRequests;
    private long spareTokens;
    private bool countsRequests;
    private bool countsTokens;
    private int clean;
    private bool wasThrottled;
    private long validUntil;

    protected override void Came()
    {
        if (asking.IsCompleted)
            asking = Task.Run(AskRepeatedly, CancellationToken.None);
    }

    protected override bool TryTake(long tokens)
    {
        if (InFlight >= allowed || time.GetTimestamp() >= validUntil || (countsRequests && spareRequests < 1) || (countsTokens && spareTokens < tokens))
            return false;
        spareRequests -= countsRequests ? 1 : 0;
        spareTokens -= countsTokens ? tokens : 0;
        return true;
    }

    protected override void Ended(long estimate, CallFeedback feedback)
    {
        if (countsTokens && feedback.Tokens is { } used)
            spareTokens += estimate - used;
        clean += feedback.Signal == CallSignal.Clean ? 1 : 0;
        wasThrottled |= feedback.Signal == CallSignal.Throttled;
    }

    private async Task AskRepeatedly()
    {
        while (true)
        {
            EndpointDemand demand;
            lock (Gate)
            {
                if (Waiting == 0 && InFlight == 0 && clean == 0 && !wasThrottled)
                {
                    asking = Task.CompletedTask;
                    return;
                }

                demand = new()
                {
                    Silo = silo,
                    Limits = limits,
                    Allowed = allowed,
                    InFlight = InFlight,
                    Waiting = Waiting,
                    WaitingTokens = WaitingTokens,
                    NextTokens = NextTokens,
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
                lock (Gate)
                {
                    clean += demand.Clean;
                    wasThrottled |= demand.WasThrottled;
                }
            }

            bool lacks;
            lock (Gate)
                lacks = Waiting > 0;
            await Task.Delay(lacks ? Impatient : Content, time);
        }
    }

    private void Take(EndpointShare share, long asked)
    {
        lock (Gate)
        {
            allowed = share.Concurrency;
            (countsRequests, countsTokens) = (share.Requests is not null, share.Tokens is not null);
            spareRequests += share.Requests ?? 0;
            spareTokens += share.Tokens ?? 0;
            validUntil = asked + (long)(share.ValidFor.TotalSeconds * time.TimestampFrequency);
            Admit();
        }
    }
}
