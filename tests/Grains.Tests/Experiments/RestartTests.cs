using System.Diagnostics;
using Nola.Grains.Tests.Harness;

namespace Nola.Grains.Tests.Experiments;

public class RestartTests
{
    [Fact]
    public async Task EverySilo_IsKilledAndStartedAgain_ExperimentGoesOnByItself()
    {
        var store = new FaultyStorage();
        var counted = 0L;
        await using (var engine = await TestEngine.Start(store: store))
        {
            await engine.Experiment("a").Submit(TestEngine.Spec("a", 60, 8, duration: TimeSpan.FromMilliseconds(200)));
            counted = (await engine.Until("a", status => status.Counts.Total >= 10)).Counts.Total;
            await engine.Cluster.KillSiloAsync(engine.Cluster.Silos[0]);
        }

        await using var again = await TestEngine.Start(store: store);
        var status = await again.Finished("a");

        Assert.True(counted >= 10);
        Assert.Equal((60, 60), (status.Counts.Completed, status.Counts.Total));
        Assert.Equal(Enumerable.Range(0, 60), (await again.Trials("a")).Select(trial => trial.Id.Number).Order());
        Assert.Equal(status.Studies[0].Best, (await again.Trials("a")).Min(trial => trial.Result.Objective));
    }

    [Fact]
    public async Task KilledAndStartedAgain_SuggestionsAreThoseOfAnUndisturbedRun()
    {
        var store = new FaultyStorage();
        var spec = TestEngine.Spec("a", 20, 1, duration: TimeSpan.FromMilliseconds(20));
        await using (var engine = await TestEngine.Start(store: store))
        {
            await engine.Experiment("a").Submit(spec);
            await engine.Until("a", status => status.Counts.Total >= 5);
            await engine.Cluster.KillSiloAsync(engine.Cluster.Silos[0]);
        }

        await using var again = await TestEngine.Start(store: store);
        await again.Experiment("b").Submit(spec with { Name = "b" });
        await again.Finished("a");
        await again.Finished("b");

        Assert.Equal(
            (await again.Trials("b")).Select(trial => (trial.Id.Number, trial.Result.Objective)),
            (await again.Trials("a")).Select(trial => (trial.Id.Number, trial.Result.Objective)));
    }

    [Fact]
    public async Task FiveThousandTrials_LastThousand_CostAboutTheFirst()
    {
        await using var engine = await TestEngine.Start(store: new FaultyStorage());
        var watch = Stopwatch.StartNew();
        await engine.Experiment("a").Submit(TestEngine.Spec("a", 5000, 64));
        await engine.Finished("a", 120);
        var elapsed = watch.Elapsed;

        var ended = (await engine.Trials("a")).Select(trial => trial.EndedAt).ToArray();
        var (first, last) = (ended[999] - ended[0], ended[^1] - ended[^1000]);
        TestContext.Current.TestOutputHelper?.WriteLine($"5000 trials in {elapsed}; first 1000 in {first}, last 1000 in {last}");
        Assert.Equal(5000, ended.Length);
        // The benchmark measures this with care; here only growth with the number of trials would show.
        Assert.True(last < 3 * first + TimeSpan.FromSeconds(1), $"first 1000: {first}, last 1000: {last}");
    }
}
