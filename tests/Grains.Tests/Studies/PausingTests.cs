using System.Collections.Immutable;
using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Core.Trials;
using Nola.Grains.Tests.Harness;

namespace Nola.Grains.Tests.Studies;

/// <summary>The pruner that pauses trials, through the whole engine: rungs at 1, 3 and 9 of 9 steps.</summary>
public class PausingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Pausing_BestShareGoesOn_OthersEndPrunedWithTheirLastValue(int parallelism)
    {
        await using var engine = await TestEngine.Start();
        await engine.Experiment("a").Submit(Spec("a", 27, parallelism));

        var status = await engine.Finished("a");

        var trials = await engine.Trials("a");
        Check(status, trials, 27);
        Assert.Equal((0, 0), (status.Studies[0].Paused, status.Studies[0].Running));
        // A paused attempt is none: each trial has had one, and went on from the step where it was paused.
        Assert.All(trials, trial => Assert.Equal(1, trial.Attempts));
        Assert.Contains(trials, trial => trial.Result.ResumedFromStep > 0);
        Assert.All(trials.Where(trial => trial.Result.Outcome is Completed), trial => Assert.Equal(9, trial.TotalUsage.Steps));
        Assert.Equal(trials.Where(trial => trial.Result.Outcome is Completed).Min(trial => trial.Result.Objective), status.Studies[0].Best);
    }

    [Fact]
    public async Task Pausing_EverySiloIsKilledAndStartedAgain_CountsStayExact()
    {
        var store = new FaultyStorage();
        await using (var engine = await TestEngine.Start(store: store))
        {
            await engine.Experiment("a").Submit(Spec("a", 27, 3));
            var halfway = await engine.Until("a", status => status.Studies[0].Paused >= 8);
            Assert.InRange(halfway.Running.Count(trial => trial.IsPaused), 1, 27);
            await engine.Cluster.KillSiloAsync(engine.Cluster.Silos[0]);
        }

        await using var again = await TestEngine.Start(store: store);
        var status = await again.Finished("a");

        Check(status, await again.Trials("a"), 27);
    }

    [Fact]
    public async Task Pausing_StoreFails_CountsStayExact()
    {
        var store = new FaultyStorage(seed: 3) { FailureRate = 0.02 };
        await using var engine = await TestEngine.Start(store: store);
        await engine.Experiment("a").Submit(Spec("a", 27, 6));

        var status = await engine.Finished("a");

        Assert.True(store.Failures > 0);
        Check(status, await engine.Trials("a"), 27);
    }

    [Fact]
    public async Task Pausing_Cancelled_PausedTrialsAreCancelled()
    {
        await using var engine = await TestEngine.Start();
        await engine.Experiment("a").Submit(Spec("a", 27, 3));
        await engine.Until("a", status => status.Studies[0].Paused >= 4);

        await engine.Experiment("a").Cancel();

        var status = (await engine.Experiment("a").GetStatus())!;
        Assert.Equal((ExperimentState.Cancelled, 0), (status.State, status.Studies[0].Paused));
        Assert.InRange(status.Counts.Cancelled, 4, 27);
        Assert.Equal(status.Counts.Total, (await engine.Trials("a")).Count);
    }

    [Fact]
    public async Task Pausing_CapOnTrials_PausedOnesCount()
    {
        await using var engine = await TestEngine.Start();
        await engine.Experiment("a").Submit(Spec("a", 100, 3) with { TotalBudget = new() { Trials = 12 } });

        var status = await engine.Finished("a");

        Check(status, await engine.Trials("a"), 12);
    }

    [Fact]
    public async Task Pausing_TwoStudies_BothComeToTheirEnds()
    {
        await using var engine = await TestEngine.Start();
        var spec = Spec("a", 9, 4);
        await engine.Experiment("a").Submit(spec with { Methods = [spec.Methods[0], spec.Methods[0] with { Id = "again" }] });

        var status = await engine.Finished("a");

        Assert.Equal([9L, 9L], status.Studies.Select(study => study.Counts.Total));
    }

    private static void Check(ExperimentStatus status, List<TrialRecord> trials, int count)
    {
        Assert.Equal(Enumerable.Range(0, count), trials.Select(trial => trial.Id.Number).Order());
        Assert.Equal(count, status.Counts.Total);
        Assert.Equal(count, status.Counts.Completed + status.Counts.Pruned);
        // A third of a rung goes on, give or take what was promoted before better ones came.
        Assert.InRange(status.Counts.Completed, 1, count / 3);
        Assert.All(trials.Where(trial => trial.Result.Outcome is Pruned), trial =>
        {
            Assert.Contains(((Pruned)trial.Result.Outcome).Step, new long[] { 1, 3 });
            Assert.Equal(((Pruned)trial.Result.Outcome).Step, trial.Measurements[^1].Step);
        });
        Assert.All(trials, trial => Assert.Equal(Enumerable.Range(1, trial.Measurements.Length), trial.Measurements.Select(measurement => (int)measurement.Step)));
    }

    private static ExperimentSpec Spec(string name, int trials, int parallelism)
    {
        var spec = TestEngine.Spec(name, trials, parallelism);
        return spec with
        {
            Methods = [new FunctionMethod { Id = "curve", Function = "sphere", Curve = 1, Steps = 9, Duration = TimeSpan.FromMilliseconds(45) }],
            Search = spec.Search! with { Pruner = "pausing-halving", PrunerOptions = ImmutableSortedDictionary<string, ParameterValue>.Empty.Add("factor", 3) },
        };
    }
}
