using Nola.Grains.Placement;

namespace Nola.Grains.Endpoints;

/// <summary>See <see cref="IEndpointGrain"/>. What it knows of silos is soft: after a crash they tell what they hold.</summary>
[GrainType("nola.endpoint")]
[NotOnWorkers]
internal sealed class EndpointGrain([PersistentState("endpoint")] IPersistentState<EndpointState> stored, TimeProvider time) : Grain, IEndpointGrain
{
    private EndpointQuota? quota;
    private TimeSpan settling;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (stored.RecordExists)
        {
            var gone = stored.State.ClosedAt is { } closed ? time.GetUtcNow() - closed : TimeSpan.Zero;
            settling = EndpointQuota.Validity - TimeSpan.FromTicks(Math.Clamp(gone.Ticks, 0, EndpointQuota.Validity.Ticks));
        }

        stored.State.ClosedAt = null;
        await stored.WriteStateAsync(cancellationToken);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        stored.State.ClosedAt = time.GetUtcNow();
        await stored.WriteStateAsync(cancellationToken);
    }

    public Task<EndpointShare> Exchange(EndpointDemand demand)
    {
        quota ??= new(time, settling);
        return Task.FromResult(quota.Exchange(demand));
    }
}
