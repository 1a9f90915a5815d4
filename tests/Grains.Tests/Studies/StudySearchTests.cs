using System.Collections.Immutable;
using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Core.Trials;
using Nola.Grains.Studies;

namespace Nola.Grains.Tests.Studies;

public class StudySearchTests
{
    private static readonly Objective Seconds = new("seconds", Direction.Minimize);

    [Theory]
    [InlineData("tpe")]
    [InlineData("nsga")]
    public void Next_TwoObjectives_LooksAlongTheWholeFront(string sampler)
    {
        var low = Run(sampler, [Seconds]).Where(x => x < 0.5).Count();

        // The value wants x at 0, the seconds want it at 1; by the value alone nearly all would lie below a half.
        Assert.InRange(low, 15, 45);
        if (sampler == "tpe")
            Assert.InRange(Run(sampler, []).Where(x => x < 0.5).Count(), 45, 60);
    }

    [Fact]
    public void Tell_OneOfTwoObjectivesMissing_TeachesNothing()
    {
        var with = Run("tpe", [Seconds, new("gone", Direction.Maximize)]);

        // Without a lesson each is an independent draw, as from the sampler random.
        Assert.Equal(Run("random", []), with);
    }

    [Fact]
    public void TellAgain_AfterACrash_NextIsTheSame()
    {
        var spec = Spec("tpe", [Seconds], [0, 1]) with { Constraints = [new("seconds", null, 0.5)] };
        var state = new StudyState { Spec = spec };
        var told = new List<TrialRecord>();
        var search = new StudySearch(spec, state, null);
        while (state.Next < 60)
            Tell(search, state, told);
        var again = new StudySearch(spec, state, null);
        var partial = new Dictionary<int, OpenSuggestion>();
        told.ForEach(record => again.TellAgain(record, partial));

        Assert.Empty(partial);
        var next = search.Next(default)!;
        var parameters = search.ParametersOf(next);
        state.Next = 60;
        state.Suggestions = [];
        Assert.Equal(parameters, again.ParametersOf(again.Next(default)!));
    }

    [Theory]
    [InlineData("tpe")]
    [InlineData("nsga")]
    [InlineData("cma-es")]
    [InlineData("gp")]
    public void Next_Constraint_StaysWithThoseThatKeepIt(string sampler)
    {
        // The value wants x at 0; the seconds, (1 − x)² + y², may be 0.25 at most, so x is at least a half.
        var xs = Run(sampler, [], new Constraint("seconds", null, 0.25));

        Assert.InRange(xs.Count(x => x > 0.45), 40, 60);
        Assert.InRange(Run(sampler, []).Count(x => x > 0.45), 0, 30);
    }

    // The last 60 of 100 values of x.
    private static double[] Run(string sampler, ImmutableArray<Objective> besides, params ImmutableArray<Constraint> constraints)
    {
        var spec = Spec(sampler, besides, [0]) with { Constraints = constraints };
        var state = new StudyState { Spec = spec };
        var told = new List<TrialRecord>();
        var search = new StudySearch(spec, state, null);
        while (told.Count < 100)
            Tell(search, state, told);
        return [.. told.Skip(40).Select(record => record.Parameters["x"].AsNumber())];
    }

    private static void Tell(StudySearch search, StudyState state, List<TrialRecord> told)
    {
        var trial = search.Next(default)!;
        var parameters = search.ParametersOf(trial);
        var (x, y) = (parameters["x"].AsNumber(), parameters["y"].AsNumber());
        var record = new TrialRecord
        {
            Id = new("a", 0, trial.Number),
            Seed = search.SeedOf(trial),
            Parameters = parameters,
            Result = new() { Outcome = new Completed(), Objective = x * x + y * y + 0.001 * search.SeedOf(trial) },
            TotalUsage = new() { TrainingTime = TimeSpan.FromSeconds((1 - x) * (1 - x) + y * y) },
        };
        state.InFlight.Clear();
        search.Tell(record);
        told.Add(record);
    }

    private static StudySpec Spec(string sampler, ImmutableArray<Objective> besides, ImmutableArray<int> seeds) => new()
    {
        Experiment = "a",
        Index = 0,
        Task = "function",
        Model = new NoModel { Id = "none" },
        Method = new FunctionMethod { Id = "sphere", Function = "sphere" },
        Objective = new("value", Direction.Minimize),
        Seeds = seeds,
        Search = new()
        {
            Sampler = sampler,
            SamplerOptions = sampler == "nsga" ? ImmutableSortedDictionary<string, ParameterValue>.Empty.Add("populationSize", 20) : ImmutableSortedDictionary<string, ParameterValue>.Empty,
            Besides = besides,
            Space = new([new("x", new FloatRange(0, 1)), new("y", new FloatRange(0, 1))]),
        },
    };
}
