using Nola.Grains.Placement;

namespace Nola.Grains.Endpoints;

/// <summary>See <see cref="IEndpointGrain"/>. Its state is soft: after a crash silos tell what they hold.</summary>
[GrainType("nola.endpoint")]
[NotOnWorkers]
internal sealed class EndpointGrain(TimeProvider time) : Grain, IEndpointGrain
{
    private EndpointQuota? quota;

    public Task<EndpointShare> Exchange(EndpointDemand demand)
    {
        // Two experiments that disagree about one account: the later one knows better.
        if (quota is null || quota.Limits != demand.Limits)
            quota = new(demand.Limits, time);
        return Task.FromResult(quota.Exchange(demand));
    }
}
