using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Core.Trials;
using Nola.Contracts;
using Nola.Grains.Tests.Harness;

namespace Nola.Grains.Tests.Studies;

public class SearchTests
{
    [Fact]
    public async Task EverySilo_IsKilledAndStartedAgain_SuggestionsAreThoseWithoutACrash()
    {
        static ExperimentSpec Slow(string name)
        {
            var spec = TestEngine.Spec(name, 24, 1, duration: TimeSpan.FromMilliseconds(60), sampler: "tpe");
            return spec with { Search = spec.Search! with { Seed = 5 } };
        }

        var store = new FaultyStorage();
        await using (var engine = await TestEngine.Start(store: store))
        {
            await engine.Experiment("a").Submit(Slow("a"));
            await engine.Until("a", status => status.Counts.Total >= 15);
            await engine.Cluster.KillSiloAsync(engine.Cluster.Silos[0]);
        }

        await using var again = await TestEngine.Start(store: store);
        await again.Finished("a");
        await again.Experiment("b").Submit(Slow("b"));
        await again.Finished("b");

        Assert.Equal(Points(await again.Trials("b")), Points(await again.Trials("a")));
    }

    [Theory]
    [InlineData("target")]
    [InlineData("plateau")]
    [InlineData("time")]
    public async Task StopRule_Holds_NoMoreTrialsStart(string rule)
    {
        await using var engine = await TestEngine.Start();
        var spec = TestEngine.Spec("a", 5000, 1);
        var stop = rule switch
        {
            "target" => new StopRule { Target = 20 },
            "plateau" => new StopRule { Plateau = 6 },
            _ => new StopRule { Time = TimeSpan.FromMilliseconds(300) },
        };
        await engine.Experiment("a").Submit(spec with { Search = spec.Search! with { Stop = stop } });

        var status = await engine.Finished("a");

        var values = (await engine.Trials("a")).Select(trial => trial.Result.Objective!.Value).ToArray();
        Assert.InRange(status.Counts.Total, 1, 4999);
        if (rule == "target")
            Assert.Equal(Array.FindIndex(values, value => value <= 20), values.Length - 1);
        if (rule == "plateau")
            Assert.Equal(6, values.Length - 1 - Array.IndexOf(values, values.Min()));
    }

    [Fact]
    public async Task Constraint_BestBreakIt_BestIsTheBestThatKeepsIt()
    {
        await using var engine = await TestEngine.Start();
        var spec = TestEngine.Spec("a", 60, 4);
        await engine.Experiment("a").Submit(spec with { Constraints = [new("value", 30, null)] });

        var status = await engine.Finished("a");

        var values = (await engine.Trials("a")).Select(trial => trial.Result.Objective!.Value).ToArray();
        Assert.Equal(values.Where(value => value >= 30).Min(), status.Studies[0].Best);
        Assert.Contains(values, value => value < 30);
    }

    [Fact]
    public async Task WarmStart_EarlierExperiment_SamplerBeginsWhereItEnded()
    {
        await using var engine = await TestEngine.Start();
        await engine.Experiment("a").Submit(TestEngine.Spec("a", 40, 1, sampler: "tpe"));
        await engine.Finished("a");
        var spec = TestEngine.Spec("b", 10, 1, sampler: "tpe");

        await engine.Experiment("b").Submit(spec with { Search = spec.Search! with { WarmStart = ["a"], Enqueue = [Point(("x", 4.5), ("y", 9))] } });
        await engine.Finished("b");

        var trials = (await engine.Trials("b")).OrderBy(trial => trial.Id.Number).ToArray();
        Assert.Equal((4.5, 9), (trials[0].Parameters["x"].AsNumber(), (int)trials[0].Parameters["y"].AsInteger()));
        // Random trials over x in [−5, 5] and y in 1 … 10 would be at 38 in the median.
        Assert.InRange(trials.Skip(1).Select(trial => trial.Result.Objective!.Value).Order().ElementAt(4), 0, 20);
        var refused = await Assert.ThrowsAsync<SubmissionRefusedException>(() => engine.Experiment("c").Submit(spec with { Name = "c", Search = spec.Search! with { WarmStart = ["nobody"] } }));
        Assert.Equal("The search is to learn from 'nobody', but there is no other experiment of that id.", refused.Message);
    }

    [Fact]
    public async Task WarmStart_KnownTrials_SamplerBeginsWhereTheyEnded()
    {
        var spec = TestEngine.Spec("a", 12, 1, sampler: "tpe");
        spec = spec with
        {
            Search = spec.Search! with { LearnsFromKnownTrials = true },
            // Good at x = 3 and y = 7, which the function itself says nothing of.
            KnownTrials = [.. Enumerable.Range(0, 60).Select(index => new KnownTrial { Parameters = Point(("x", index / 6.0 - 5), ("y", 1 + index % 10)), Value = Math.Pow(index / 6.0 - 8, 2) + Math.Pow(index % 10 - 6, 2) - 1000 })],
        };
        await using var engine = await TestEngine.Start();
        await engine.Experiment("a").Submit(spec);
        await engine.Finished("a");

        var xs = (await engine.Trials("a")).Select(trial => trial.Parameters["x"].AsNumber()).Order().ToArray();
        Assert.InRange(xs[xs.Length / 2], 1.5, 4.5);
    }

    private static System.Collections.Immutable.ImmutableSortedDictionary<string, ParameterValue> Point(params (string Name, ParameterValue Value)[] values) =>
        System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(values.Select(item => KeyValuePair.Create(item.Name, item.Value)));

    private static string[] Points(IEnumerable<TrialRecord> trials) =>
        [.. trials.OrderBy(trial => trial.Id.Number).Select(trial => string.Join(", ", trial.Parameters.Select(pair => $"{pair.Key}={pair.Value}")))];
}
