using Nola.Contracts;
using Nola.Core.Budgets;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Grains.Tests.Harness;

namespace Nola.Grains.Tests.Experiments;

public class ExperimentTests
{
    [Fact]
    public async Task Submit_FunctionTrials_FinishesEachOnce()
    {
        await using var engine = await TestEngine.Start();

        await engine.Experiment("a").Submit(TestEngine.Spec("a", 200, 16) with { Seeds = [0, 1] });
        var status = await engine.Finished("a");

        Assert.Equal(400, status.Counts.Completed);
        Assert.Equal(400, status.Counts.Total);
        var trials = await engine.Trials("a");
        Assert.Equal(Enumerable.Range(0, 400), trials.Select(trial => trial.Id.Number).Order());
        Assert.Equal(trials.Min(trial => trial.Result.Objective), status.Studies[0].Best);
        Assert.All(trials, trial => Assert.Equal(1, trial.Attempts));
    }

    [Fact]
    public async Task Submit_ParallelismOne_IsDeterministicAndInOrder()
    {
        await using var engine = await TestEngine.Start();
        var spec = TestEngine.Spec("a", 30, 1);

        await engine.Experiment("a").Submit(spec);
        await engine.Experiment("b").Submit(spec with { Name = "b" });
        await engine.Finished("a");
        await engine.Finished("b");

        var first = await engine.Trials("a");
        Assert.Equal(Enumerable.Range(0, 30), first.Select(trial => trial.Id.Number));
        Assert.Equal(first.Select(trial => trial.Result.Objective), (await engine.Trials("b")).Select(trial => trial.Result.Objective));
    }

    [Fact]
    public async Task Submit_SeveralStudies_RunsThemAll()
    {
        await using var engine = await TestEngine.Start();
        var spec = TestEngine.Spec("a", 10, 4) with
        {
            Methods = [new FunctionMethod { Id = "good", Function = "sphere" }, new FunctionMethod { Id = "bad", Function = "failing" }, new FunctionMethod { Id = "nan", Function = "diverging" }],
        };

        await engine.Experiment("a").Submit(spec);
        var status = await engine.Finished("a");

        Assert.Equal((10, 10, 10), (status.Counts.Completed, status.Counts.Failed, status.Counts.Diverged));
    }

    [Fact]
    public async Task Pause_ThenResume_KeepsCounts()
    {
        await using var engine = await TestEngine.Start();
        await engine.Experiment("a").Submit(TestEngine.Spec("a", 40, 4, duration: TimeSpan.FromMilliseconds(50)));
        await engine.Until("a", status => status.Counts.Total >= 5);

        await engine.Experiment("a").Pause();
        var paused = await engine.Until("a", status => status.Running.All(trial => trial.Place.Length == 0));
        Assert.Equal(ExperimentState.Paused, paused.State);
        Assert.True(paused.Counts.Total < 40);
        await engine.Experiment("a").Resume();
        var status = await engine.Finished("a");

        Assert.Equal(40, status.Counts.Completed);
        Assert.Equal(40, (await engine.Trials("a")).DistinctBy(trial => trial.Id).Count());
    }

    [Fact]
    public async Task Cancel_WhileRunning_EndsEachTrialInFlightOnce()
    {
        await using var engine = await TestEngine.Start();
        await engine.Experiment("a").Submit(TestEngine.Spec("a", 1000, 8, duration: TimeSpan.FromMinutes(5)));
        await engine.Until("a", status => status.Running.Length == 8);

        await engine.Experiment("a").Cancel();
        var status = await engine.Until("a", status => status.State == ExperimentState.Cancelled);

        Assert.Equal(8, status.Counts.Cancelled);
        Assert.Equal(8, (await engine.Trials("a")).DistinctBy(trial => trial.Id).Count());
    }

    [Fact]
    public async Task Submit_NoDeviceOfTheKind_IsRefusedWithRemedy()
    {
        await using var engine = await TestEngine.Start();
        await engine.Experiment("a").Submit(TestEngine.Spec("a", 1));
        await engine.Finished("a");

        var refused = await Assert.ThrowsAsync<SubmissionRefusedException>(
            () => engine.Experiment("b").Submit(TestEngine.Spec("b", 1) with { Needs = new() { Slot = SlotKind.Device, Device = DeviceKind.Cuda } }));

        Assert.Equal("The trials need a cuda device, but the cluster has none; start a silo that has one or change 'device' in the spec.", refused.Message);
    }

    [Fact]
    public async Task Submit_TrialsCap_StartsNoMore()
    {
        await using var engine = await TestEngine.Start();
        await engine.Experiment("a").Submit(TestEngine.Spec("a", 100, 8) with { TotalBudget = new() { Trials = 23 } });

        var status = await engine.Finished("a");

        Assert.Equal(23, status.Counts.Total);
        Assert.Contains("total.trials = 23", status.Notice);
    }

    [Fact]
    public async Task Submit_DeviceTimeCap_IsNeverOverspent()
    {
        await using var engine = await TestEngine.Start();
        var cap = TimeSpan.FromMilliseconds(500);
        await engine.Experiment("a").Submit(TestEngine.Spec("a", 1000, 4, duration: TimeSpan.FromMilliseconds(50)) with { TotalBudget = new() { DeviceTime = cap } });

        var status = await engine.Finished("a");

        Assert.True(status.Budget.Spent.TrainingTime <= cap, $"spent {status.Budget.Spent.TrainingTime}");
        Assert.True(status.Budget.Spent.TrainingTime > cap / 2, $"spent only {status.Budget.Spent.TrainingTime}");
        Assert.True(status.Counts.Total < 1000);
    }
}
