using System.Collections.Immutable;
using Nola.Core.Searching;
using Nola.Search.Samplers;

namespace Nola.Search.Tests.Samplers;

public class TpeSamplerTests
{
    private static readonly SearchSpace Plane = new([new("x", new FloatRange(-5, 5)), new("y", new FloatRange(-5, 5))]);

    [Fact]
    public void Suggest_Sphere_FindsTheBottom()
    {
        var bests = Enumerable.Range(0, 9).Select(seed =>
        {
            var sampler = new TpeSampler(Plane, seed);
            return Enumerable.Range(0, 100).Min(number =>
            {
                var point = sampler.Suggest(number, [])!;
                var value = Math.Pow(point["x"].AsNumber(), 2) + Math.Pow(point["y"].AsNumber(), 2);
                sampler.Update(new(number, point, value, ObservationState.Completed));
                return value;
            });
        }).Order().ToArray();

        Assert.InRange(bests[4], 0, 0.02);
    }

    [Fact]
    public void Suggest_WhereOthersRun_GoesElsewhere()
    {
        var sampler = Trained();
        var alone = Enumerable.Range(100, 20).Select(number => new PendingSuggestion(number, sampler.Suggest(number, [])!)).ToArray();

        var moved = Enumerable.Range(100, 20).Select(number => sampler.Suggest(number, alone)!).ToArray();

        var unmoved = moved.Zip(alone).Count(pair => pair.First["x"].AsNumber() == pair.Second.Parameters["x"].AsNumber());
        Assert.InRange(unmoved, 0, 10);
    }

    [Fact]
    public void Suggest_ObservationsInAnotherOrder_AnswersTheSame()
    {
        var (one, other) = (new TpeSampler(Plane, 0), new TpeSampler(Plane, 0));
        var all = Enumerable.Range(0, 120).Select(number => new Observation(number, Point(number % 11 - 5, number % 7 - 3), number % 13, ObservationState.Completed)).ToArray();
        foreach (var observation in all)
            one.Update(observation);
        foreach (var observation in all.Reverse())
            other.Update(observation);

        Assert.Equal(one.Suggest(120, [])!.AsEnumerable(), other.Suggest(120, [])!);
    }

    [Fact]
    public void Suggest_BestBreakAConstraint_StaysWithThoseThatKeepIt()
    {
        var sampler = new TpeSampler(Plane, 1);
        for (var number = 0; number < 80; number++)
        {
            var point = sampler.Suggest(number, [])!;
            var x = point["x"].AsNumber();
            sampler.Update(new(number, point, x, ObservationState.Completed) { Violation = Math.Max(0, 1 - x) });
        }

        Assert.InRange(Enumerable.Range(80, 30).Select(number => sampler.Suggest(number, [])!["x"].AsNumber()).Order().ElementAt(15), 0.5, 3);
    }

    private static TpeSampler Trained()
    {
        var sampler = new TpeSampler(Plane, 3);
        for (var number = 0; number < 60; number++)
        {
            var point = sampler.Suggest(number, [])!;
            sampler.Update(new(number, point, Distance(point), ObservationState.Completed));
        }

        return sampler;
    }

    private static double Distance(ImmutableSortedDictionary<string, ParameterValue> point) =>
        Math.Sqrt(Math.Pow(point["x"].AsNumber(), 2) + Math.Pow(point["y"].AsNumber(), 2));

    private static ImmutableSortedDictionary<string, ParameterValue> Point(double x, double y) =>
        ImmutableSortedDictionary<string, ParameterValue>.Empty.Add("x", x).Add("y", y);
}
