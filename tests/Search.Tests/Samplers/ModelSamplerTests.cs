using System.Collections.Immutable;
using Nola.Core.Searching;
using Nola.Search.Samplers;

namespace Nola.Search.Tests.Samplers;

public class ModelSamplerTests
{
    private static readonly SearchSpace Plane = new([new("x", new FloatRange(-5, 5)), new("y", new FloatRange(-5, 5))]);

    [Theory]
    [InlineData("gp", 60, 1e-3)]
    [InlineData("cma-es", 200, 1e-3)]
    public void Suggest_Sphere_FindsTheBottom(string name, int trials, double most)
    {
        var bests = Enumerable.Range(0, 5).Select(seed =>
        {
            var sampler = SamplerFactory.Create(new() { Sampler = name, Seed = seed, Space = Plane });
            return Enumerable.Range(0, trials).Min(number => Try(sampler, number));
        }).Order().ToArray();

        Assert.InRange(bests[2], 0, most);
    }

    [Theory]
    [InlineData("nsga")]
    [InlineData("tpe")]
    public void Suggest_TwoObjectives_FrontCoversBothEnds(string name)
    {
        // Schaffer's first problem: the front is x in [0, 2] with y = 0.
        ISampler sampler = name == "nsga" ? new NsgaSampler(Plane, 1, 20) : new TpeSampler(Plane, 1);
        var all = new List<Observation>();
        for (var number = 0; number < 250; number++)
        {
            var point = sampler.Suggest(number, [])!;
            var (x, y) = (point["x"].AsNumber(), point["y"].AsNumber());
            all.Add(new(number, point, null, ObservationState.Completed) { Objectives = [x * x + y * y, Math.Pow(x - 2, 2) + y * y] });
            sampler.Update(all[^1]);
        }

        var front = ParetoFront.Of(all).Select(item => item.Parameters["x"].AsNumber()).ToArray();
        Assert.True(front.Length >= 8, $"{front.Length} results on the front");
        Assert.True(front.Min() < 0.4 && front.Max() > 1.6, $"the front spans {front.Min():0.00} to {front.Max():0.00}");
        Assert.All(front, x => Assert.InRange(x, -0.6, 2.6));
    }

    [Fact]
    public void Enqueued_PartOfAPoint_SamplerChoosesTheRest()
    {
        var search = new Core.Experiments.SearchSpec
        {
            Sampler = "tpe", Space = Plane, Enqueue = [ImmutableSortedDictionary<string, ParameterValue>.Empty.Add("x", 3)],
        };
        var sampler = SamplerFactory.Create(search);

        var first = sampler.Suggest(0, [])!;
        Assert.Equal(3, first["x"].AsNumber());
        Assert.Equal(ParameterKind.Number, first["x"].Kind);
        Assert.True(first.ContainsKey("y"));
        Assert.NotEqual(3, sampler.Suggest(1, [])!["x"].AsNumber());
        Assert.Throws<ArgumentException>(() => SamplerFactory.Create(search with { Enqueue = [ImmutableSortedDictionary<string, ParameterValue>.Empty.Add("x", 9)] }));
    }

    [Fact]
    public void Create_UnknownOptionOrValue_SaysWhatIsKnown()
    {
        static string Refused(string option, ParameterValue value) => Assert.Throws<ArgumentException>(() => SamplerFactory.Create(new()
        {
            Sampler = "tpe", Space = Plane, SamplerOptions = ImmutableSortedDictionary<string, ParameterValue>.Empty.Add(option, value),
        })).Message;

        Assert.StartsWith("tpe has no option 'x'; known are startupTrials, candidates.", Refused("x", 1));
        Assert.StartsWith("The option candidates of tpe is 0, but must be an integer from 1 to 10000.", Refused("candidates", 0));
    }

    private static double Try(ISampler sampler, int number)
    {
        var point = sampler.Suggest(number, [])!;
        var value = Math.Pow(point["x"].AsNumber() - 1, 2) + Math.Pow(point["y"].AsNumber() + 2, 2);
        sampler.Update(new(number, point, value, ObservationState.Completed));
        return value;
    }
}
