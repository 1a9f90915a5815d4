using Nola.Contracts;
using Nola.Core.Experiments;
using Nola.Grains.Tests.Harness;

namespace Nola.Grains.Tests.Scheduling;

/// <summary>Trials go to the silo that runs the fewest.</summary>
public class SpreadTests
{
    [Fact]
    public async Task TrialsFewerThanSlots_SpreadOverAllSilos()
    {
        await using var engine = await TestEngine.Start(3, options => options.Devices = [Hosting.NolaGrainsOptions.LightDevice with { Slots = 100 }]);
        var cluster = engine.Cluster.Client.GetGrain<IClusterGrain>(0);
        await engine.Experiment("first").Submit(TestEngine.Spec("first", 1));
        await engine.Until("first", async status => status.State == ExperimentState.Finished && (await cluster.GetStatus()).Silos.Length == 3);

        await engine.Experiment("spread").Submit(TestEngine.Spec("spread", 9, duration: TimeSpan.FromMinutes(5)));
        await engine.Until("spread", async _ => (await Held()).Sum() == 9);

        var held = await Held();
        Assert.Equal([3, 3, 3], held);

        async Task<int[]> Held() => [.. (await cluster.GetStatus()).Silos.Select(silo => silo.Leases.Length)];
    }
}
