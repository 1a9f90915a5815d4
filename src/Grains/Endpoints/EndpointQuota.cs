using Nola.Core.Endpoints;

namespace Nola.Grains.Endpoints;

/// <summary>
/// The arithmetic of an account's limits. Invariant: what silos may have in flight together never exceeds the limit of the moment, save for what was in
/// flight already when a refusal lowered it; requests and tokens given in any minute never exceed the limits by more than a tenth of them.
/// </summary>
/// <remarks>
/// Requests at once are divided evenly among silos, none getting more than it has work for. A share is taken as used until its silo, by asking again,
/// shows that it holds less; a silo that is silent for <see cref="Validity"/> holds nothing. The buckets begin empty: another silo's grain may have given
/// their contents away just before it died. Experiments that disagree about the account's limits are held to the strictest of each, as long as those who
/// name it hold shares; what was used stays used when limits change.
/// </remarks>
/// <param name="time">Clock.</param>
/// <param name="settling">Time in which silos may still hold shares that were given before; until then each keeps what it has and gets no more.</param>
internal sealed class EndpointQuota(TimeProvider time, TimeSpan settling = default)
{
    /// <summary>How long a share lasts without being renewed.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromSeconds(5);

    private readonly long createdAt = time.GetTimestamp();
    private readonly Dictionary<(string Silo, EndpointLimits Limits), Holding> holdings = [];
    private AdaptiveConcurrency? concurrency;
    private RateBucket? requests;
    private RateBucket? tokens;

    /// <summary>Takes a silo's demand and gives its new share.</summary>
    public EndpointShare Exchange(EndpointDemand demand)
    {
        var holder = (demand.Silo, demand.Limits);
        foreach (var gone in holdings.Where(item => time.GetElapsedTime(item.Value.HeardAt) > Validity).Select(item => item.Key).ToArray())
            holdings.Remove(gone);
        var mine = new Holding(demand.InFlight + demand.Waiting, Math.Max(demand.Allowed, demand.InFlight), time.GetTimestamp());
        holdings[holder] = mine;
        var concurrency = Keep(holdings.Keys.Select(key => key.Limits).Aggregate(EndpointLimits.Strictest));
        if (demand.WasThrottled)
            concurrency.Throttled();
        else if (demand.Clean > 0)
            concurrency.Clean(demand.Clean);
        var taken = holdings.Where(item => item.Key != holder).Sum(item => item.Value.Held);
        var share = Math.Min(FairShare(holder, concurrency.Limit), Math.Max(0, concurrency.Limit - taken));
        if (time.GetElapsedTime(createdAt) < settling)
            share = Math.Min(share, demand.Allowed);
        // Not lowered yet in its silo's eyes: what it holds is the larger one until it asks again.
        holdings[holder] = mine with { Held = Math.Max(share, demand.InFlight) };
        return new(
            share,
            requests is null ? null : (int)Give(requests, demand.Waiting - demand.SpareRequests, 1),
            tokens is null ? null : Give(tokens, demand.WaitingTokens - demand.SpareTokens, demand.NextTokens - demand.SpareTokens),
            Validity);
    }

    private AdaptiveConcurrency Keep(EndpointLimits limits)
    {
        concurrency ??= new(limits, time);
        concurrency.Limits = limits;
        requests = Keep(requests, limits.RequestsPerMinute);
        tokens = Keep(tokens, limits.TokensPerMinute);
        return concurrency;
    }

    private RateBucket? Keep(RateBucket? bucket, long? perMinute)
    {
        if (perMinute is not { } rate)
            return null;
        bucket ??= new(rate, time, startsFull: false);
        bucket.PerMinute = rate;
        return bucket;
    }

    // Max-min fairness: whoever wants less than an equal part gets what it wants, and the others divide the rest.
    private int FairShare((string Silo, EndpointLimits Limits) holder, int left)
    {
        var others = holdings.OrderBy(item => item.Value.Wanted).ThenBy(item => item.Key.Silo, StringComparer.Ordinal).ToArray();
        for (var index = 0; index < others.Length; index++)
        {
            var part = Math.Min(others[index].Value.Wanted, (left + others.Length - index - 1) / (others.Length - index));
            if (others[index].Key == holder)
                return part;
            left -= part;
        }

        return 0;
    }

    // An equal part of what is there; but the next call gets all it needs, on credit if it is larger than the bucket.
    private long Give(RateBucket bucket, long wanted, long next)
    {
        if (wanted <= 0)
            return 0;
        var level = bucket.Level;
        if (level < Math.Min(next, bucket.Capacity))
            return 0;
        var given = Math.Clamp((long)(level / holdings.Count), Math.Max(1, next), Math.Max(wanted, next));
        bucket.Take(given);
        return given;
    }

    private sealed record Holding(int Wanted, int Held, long HeardAt);
}
