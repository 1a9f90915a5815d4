using Nola.Core.Endpoints;

namespace Nola.Grains.Endpoints;

/// <summary>
/// The arithmetic of an account's limits. Invariant: what silos may have in flight together never exceeds the limit of the moment, save for what was in
/// flight already when a refusal lowered it; requests and tokens given in any minute never exceed the limits by more than a tenth of them.
/// </summary>
/// <remarks>
/// Requests at once are divided evenly among silos, none getting more than it has work for. A share is taken as used until its silo, by asking again,
/// shows that it holds less; a silo that is silent for <see cref="Validity"/> holds nothing. The buckets begin empty: another silo's grain may have given
/// their contents away just before it died.
/// </remarks>
/// <param name="limits">What the account allows.</param>
/// <param name="time">Clock.</param>
/// <param name="settling">Time in which silos may still hold shares that were given before; until then each keeps what it has and gets no more.</param>
internal sealed class EndpointQuota(EndpointLimits limits, TimeProvider time, TimeSpan settling = default)
{
    /// <summary>How long a share lasts without being renewed.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromSeconds(5);

    private readonly long createdAt = time.GetTimestamp();
    private readonly Dictionary<string, Holding> silos = new(StringComparer.Ordinal);
    private readonly AdaptiveConcurrency concurrency = new(limits, time);
    private readonly RateBucket? requests = limits.RequestsPerMinute is { } perMinute ? new(perMinute, time, startsFull: false) : null;
    private readonly RateBucket? tokens = limits.TokensPerMinute is { } perMinute ? new(perMinute, time, startsFull: false) : null;

    /// <summary>The limits that it keeps.</summary>
    public EndpointLimits Limits => limits;

    /// <summary>Takes a silo's demand and gives its new share.</summary>
    public EndpointShare Exchange(EndpointDemand demand)
    {
        if (demand.WasThrottled)
            concurrency.Throttled();
        else if (demand.Clean > 0)
            concurrency.Clean(demand.Clean);
        foreach (var gone in silos.Where(silo => time.GetElapsedTime(silo.Value.HeardAt) > Validity).Select(silo => silo.Key).ToArray())
            silos.Remove(gone);
        var wanted = demand.InFlight + demand.Waiting;
        var mine = new Holding(wanted, Math.Max(demand.Allowed, demand.InFlight), time.GetTimestamp());
        silos[demand.Silo] = mine;
        var taken = silos.Where(silo => silo.Key != demand.Silo).Sum(silo => silo.Value.Held);
        var share = Math.Min(FairShare(demand.Silo), Math.Max(0, concurrency.Limit - taken));
        if (time.GetElapsedTime(createdAt) < settling)
            share = Math.Min(share, demand.Allowed);
        // Not lowered yet in its silo's eyes: what it holds is the larger one until it asks again.
        silos[demand.Silo] = mine with { Held = Math.Max(share, demand.InFlight) };
        return new(
            share,
            requests is null ? null : (int)Give(requests, demand.Waiting - demand.SpareRequests, 1),
            tokens is null ? null : Give(tokens, demand.WaitingTokens - demand.SpareTokens, demand.NextTokens - demand.SpareTokens),
            Validity);
    }

    // Max-min fairness: whoever wants less than an equal part gets what it wants, and the others divide the rest.
    private int FairShare(string silo)
    {
        var left = concurrency.Limit;
        var others = silos.OrderBy(item => item.Value.Wanted).ThenBy(item => item.Key, StringComparer.Ordinal).ToArray();
        for (var index = 0; index < others.Length; index++)
        {
            var part = Math.Min(others[index].Value.Wanted, (left + others.Length - index - 1) / (others.Length - index));
            if (others[index].Key == silo)
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
        var given = Math.Clamp((long)(level / silos.Count), Math.Max(1, next), Math.Max(wanted, next));
        bucket.Take(given);
        return given;
    }

    private sealed record Holding(int Wanted, int Held, long HeardAt);
}
