using Nola.Contracts;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Core.Trials;
using Nola.Grains.Hosting;
using Nola.Grains.Tests.Harness;

namespace Nola.Grains.Tests.Experiments;

public class SubmissionTests
{
    private static readonly Device Gpu = new() { Id = "cuda:0", Kind = DeviceKind.Cuda, Memory = 8L << 30 };

    [Fact]
    public async Task Submit_NeedsMoreMemoryThanAnyDeviceHas_IsRefusedAtOnce()
    {
        await using var engine = await TestEngine.Start(2, options => options.Devices = [NolaGrainsOptions.LightDevice, Gpu]);
        var spec = TestEngine.Spec("a", 1) with { Needs = new() { Slot = SlotKind.Device, Memory = 12L << 30 } };

        var refused = await Assert.ThrowsAsync<SubmissionRefusedException>(() => engine.Experiment("a").Submit(spec));

        Assert.Equal(
            "A trial needs 12 GiB of device memory, but the largest device of the cluster has 8 GiB; lower the batch size and the memory in the spec, or add a silo with a larger device.",
            refused.Message);
        Assert.Null(await engine.Experiment("a").GetStatus());
        Assert.Empty(await engine.Cluster.Client.GetGrain<ICatalogGrain>(0).List());
        await engine.Experiment("a").Submit(spec with { Needs = spec.Needs with { Memory = 8L << 30 } });
        Assert.Equal(1, (await engine.Finished("a")).Counts.Completed);
    }

    [Fact]
    public async Task Submit_TrialsShareADevicesMemory_NoMoreRunThanFit()
    {
        await using var engine = await TestEngine.Start(1, options => options.Devices = [Gpu with { Slots = 4 }]);
        var spec = TestEngine.Spec("a", 6, duration: TimeSpan.FromMilliseconds(300)) with { Needs = new() { Slot = SlotKind.Device, Memory = 3L << 30 } };
        await engine.Experiment("a").Submit(spec);

        var most = 0;
        await engine.Until("a", status =>
        {
            most = Math.Max(most, status.Running.Count(trial => trial.Place.Length > 0));
            return status.State == ExperimentState.Finished;
        });

        Assert.Equal(2, most);
    }

    [Fact]
    public async Task Submit_SpecThatCouldNeverRun_IsRefusedWithEveryProblem()
    {
        await using var engine = await TestEngine.Start();
        var spec = TestEngine.Spec("a", 1);

        Task<SubmissionRefusedException> Refused(ExperimentSpec wrong) => Assert.ThrowsAsync<SubmissionRefusedException>(() => engine.Experiment("a").Submit(wrong));

        Assert.Equal("The parallelism is 0; it must be at least 1. The priority is 0; it must be from 1 to 100.", (await Refused(spec with { Parallelism = 0, Priority = 0 })).Message);
        Assert.Equal("A grid needs a finite number of values; give 'x' a step or a list.", (await Refused(spec with { Search = spec.Search! with { Sampler = "grid" } })).Message);
        Assert.StartsWith("There is no pruner 'x'; known are", (await Refused(spec with { Search = spec.Search! with { Pruner = "x" } })).Message);
        Assert.StartsWith("There is no sampler 'x'; known are", (await Refused(spec with { Search = spec.Search! with { Sampler = "x" } })).Message);
    }

    [Fact]
    public async Task Parameter_DoesNotFitTheMethod_TrialFailsWithTheReason()
    {
        await using var engine = await TestEngine.Start();
        await engine.Experiment("a").Submit(TestEngine.Spec("a", 2) with
        {
            Methods = [new LoraMethod { Id = "lora" }],
            Search = new() { Sampler = "grid", Space = new([new("lora.rank", new Choices(["eight", 8L]))]) },
            Seeds = [0, 1],
        });

        var status = await engine.Finished("a");

        Assert.Equal((4, 4), (status.Counts.Failed, status.Counts.Total));
        var trials = (await engine.Trials("a")).OrderBy(trial => trial.Id.Number).ToArray();
        Assert.Equal(new Failed("The parameter value eight is not an integer."), trials[0].Result.Outcome);
        Assert.Equal(new Failed("The parameter value eight is not an integer."), trials[1].Result.Outcome);
        Assert.Equal(new Failed("The method 'lora' is no function."), trials[2].Result.Outcome);
    }
}
