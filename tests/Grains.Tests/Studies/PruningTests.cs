using System.Collections.Concurrent;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Grains.Tests.Harness;
using Nola.Search;

namespace Nola.Grains.Tests.Studies;

public class PruningTests
{
    private readonly ConcurrentQueue<StepPruner> pruners = [];

    [Fact]
    public async Task Pruner_SaysPrune_TrialEndsWithinThatReport()
    {
        await using var engine = await TestEngine.Start(configure: options => options.CreatePruner = CreatePruner);
        await engine.Experiment("a").Submit(Spec("a", 8, 4));

        var status = await engine.Finished("a");

        Assert.Equal((4, 4, 8), (status.Counts.Completed, status.Counts.Pruned, status.Counts.Total));
        var trials = await engine.Trials("a");
        Assert.All(trials, trial => Assert.Equal(trial.Id.Number % 2 == 1 ? new Pruned(3) : new Completed(), trial.Result.Outcome));
        Assert.All(trials, trial => Assert.Equal(Enumerable.Range(1, trial.Id.Number % 2 == 1 ? 3 : 10), trial.Measurements.Select(measurement => (int)measurement.Step)));
        var pruner = pruners.Last(known => !known.Heard.IsEmpty);
        Assert.Equal(4 * 3 + 4 * 10, pruner.Heard.Count);
        Assert.Equal(4, pruner.Ended.Count(end => end.State == ObservationState.Pruned));
        Assert.All(trials, trial => Assert.NotEqual(status.Studies[0].BestTrial, trial.Id.Number % 2 == 1 ? trial.Id.Number : -1));
    }

    [Fact]
    public async Task Maximizing_PrunerHears_SmallerIsBetter()
    {
        await using var engine = await TestEngine.Start(configure: options => options.CreatePruner = CreatePruner);
        await engine.Experiment("a").Submit(Spec("a", 2, 1) with { Objective = new("value", Direction.Maximize) });

        await engine.Finished("a");

        Assert.All(pruners.SelectMany(pruner => pruner.Heard), heard => Assert.True(heard.Value < 0));
    }

    [Fact]
    public async Task EverySilo_IsKilledAndStartedAgain_PrunerHearsAllAgain()
    {
        var store = new FaultyStorage();
        await using (var engine = await TestEngine.Start(store: store, configure: options => options.CreatePruner = CreatePruner))
        {
            await engine.Experiment("a").Submit(Spec("a", 12, 2));
            await engine.Until("a", status => status.Counts.Total >= 5);
            await engine.Cluster.KillSiloAsync(engine.Cluster.Silos[0]);
        }

        var before = pruners.Last(known => !known.Heard.IsEmpty);
        await using var again = await TestEngine.Start(store: store, configure: options => options.CreatePruner = CreatePruner);
        var status = await again.Finished("a");

        var after = pruners.Last(known => !known.Heard.IsEmpty);
        Assert.NotSame(before, after);
        Assert.Equal((6, 6, 12), (status.Counts.Completed, status.Counts.Pruned, status.Counts.Total));
        Assert.Subset(after.Heard.Select(heard => (heard.Trial, heard.Step)).ToHashSet(), before.Ended.Select(end => (end.Trial, 3L)).ToHashSet());
        Assert.Equal(6 * 3 + 6 * 10, after.Heard.DistinctBy(heard => (heard.Trial, heard.Step)).Count());
        Assert.Equal(12, after.Ended.DistinctBy(end => end.Trial).Count());
    }

    private static ExperimentSpec Spec(string name, int trials, int parallelism)
    {
        var spec = TestEngine.Spec(name, trials, parallelism, "sphere", TimeSpan.FromMilliseconds(300));
        return spec with { Search = spec.Search! with { Pruner = "steps" } };
    }

    private StepPruner? CreatePruner(StudySpec study)
    {
        if (study.Search?.Pruner is null)
            return null;
        var pruner = new StepPruner();
        pruners.Enqueue(pruner);
        return pruner;
    }
}
