using Nola.Contracts;
using Nola.Core.Experiments;
using Nola.Grains.Tests.Harness;

namespace Nola.Grains.Tests.Scheduling;

/// <summary>Slots of a whole cluster are shared by priority.</summary>
public class FairnessTests
{
    [Fact]
    public async Task TwoExperiments_PrioritiesTenAndThirty_ShareSlotsOneToThree()
    {
        await using var engine = await TestEngine.Start(2, options => options.Devices = [Hosting.NolaGrainsOptions.LightDevice with { Slots = 4 }]);
        var cluster = engine.Cluster.Client.GetGrain<IClusterGrain>(0);
        await engine.Experiment("low").Submit(TestEngine.Spec("low", 1000, duration: TimeSpan.FromMilliseconds(200)) with { Priority = 10 });
        await engine.Until("low", async _ => await Held("low") == 8);

        await engine.Experiment("high").Submit(TestEngine.Spec("high", 1000, duration: TimeSpan.FromMilliseconds(200)) with { Priority = 30 });
        await engine.Until("high", async _ => await Held("high") == 6);

        // Slots and not ends of trials: on a busy machine some trials last longer than others.
        var (began, low, high) = (await Ended("high"), 0, 0);
        await engine.Until("high", async _ =>
        {
            (low, high) = (low + await Held("low"), high + await Held("high"));
            return await Ended("high") >= began + 120;
        });
        Assert.InRange((double)high / low, 2.3, 3.9);

        async Task<int> Held(string experiment) => (await cluster.GetStatus()).Silos.Sum(silo => silo.Leases.Count(lease => lease.Trial.Experiment == experiment));

        async Task<long> Ended(string experiment) => (await engine.Experiment(experiment).GetStatus())!.Counts.Total;
    }

    [Fact]
    public async Task SecondExperiment_OfOneTrial_NeedNotWaitForTheFirst()
    {
        await using var engine = await TestEngine.Start(1, options => options.Devices = [Hosting.NolaGrainsOptions.LightDevice with { Slots = 2 }]);
        await engine.Experiment("long").Submit(TestEngine.Spec("long", 200, duration: TimeSpan.FromMilliseconds(300)));
        await engine.Until("long", status => status.Counts.Total >= 2);

        await engine.Experiment("short").Submit(TestEngine.Spec("short", 1));
        await engine.Finished("short");

        Assert.Equal(ExperimentState.Running, (await engine.Experiment("long").GetStatus())!.State);
    }
}
