using Nola.Grains.Endpoints;
using Nola.Grains.Tests.Harness;

namespace Nola.Grains.Tests.Endpoints;

public class EndpointGrainTests
{
    [Fact]
    public async Task Exchange_GrainCameBack_KeepsTheLimitWhileOthersMayHoldShares()
    {
        await using var engine = await TestEngine.Start();
        var grain = engine.Cluster.Client.GetGrain<IEndpointGrain>("account");
        var demand = new EndpointDemand { Silo = "a", Limits = new() { Start = 20 }, Waiting = 50 };
        Assert.Equal(20, (await grain.Exchange(demand)).Concurrency);

        await engine.Cluster.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

        Assert.Equal(0, (await grain.Exchange(demand with { Silo = "b" })).Concurrency);
        Assert.Equal(4, (await grain.Exchange(demand with { Allowed = 4 })).Concurrency);
    }

    [Fact]
    public async Task Exchange_AnotherExperimentNamesOtherLimits_GivesNothingThatTheFirstHolds()
    {
        await using var engine = await TestEngine.Start();
        var grain = engine.Cluster.Client.GetGrain<IEndpointGrain>("account");
        var demand = new EndpointDemand { Silo = "a", Limits = new() { Start = 20, Maximum = 20 }, Waiting = 50 };
        Assert.Equal(20, (await grain.Exchange(demand)).Concurrency);

        Assert.Equal(0, (await grain.Exchange(demand with { Limits = new() { Start = 30, Maximum = 30 } })).Concurrency);
        Assert.Equal(10, (await grain.Exchange(demand with { Allowed = 20, InFlight = 10 })).Concurrency);
        Assert.Equal(10, (await grain.Exchange(demand with { Limits = new() { Start = 30, Maximum = 30 } })).Concurrency);
    }
}
