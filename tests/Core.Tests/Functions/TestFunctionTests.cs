using System.Collections.Immutable;
using Nola.Core.Functions;
using Nola.Core.Searching;

namespace Nola.Core.Tests.Functions;

public class TestFunctionTests
{
    // The minimisers of the papers.
    [Theory]
    [InlineData("sphere", 1e-12, "x0", 0.0, "x1", 0.0)]
    [InlineData("branin", 1e-9, "x0", Math.PI, "x1", 2.275)]
    [InlineData("rosenbrock", 1e-12, "x0", 1.0, "x1", 1.0)]
    [InlineData("hartmann6", 1e-9, "x0", 0.20168952, "x1", 0.15001069, "x2", 0.47687398, "x3", 0.27533243, "x4", 0.31165162, "x5", 0.65730054)]
    [InlineData("mixed-lora", 1e-9, "rank", 16, "alpha", 0.5, "dropout", 0.1, "lr", 1.9952623149688797e-4)]
    [InlineData("conditional", 1e-9, "kind", "b", "z", 3.1622776601683795e-3, "n", 7)]
    public void Values_AtTheMinimiser_AreTheBest(string name, double tolerance, params object[] point)
    {
        var function = TestFunction.Find(name)!;

        Assert.Null(function.MissingFrom(Point(point)));
        Assert.Equal(function.Best, Assert.Single(function.Values(Point(point))), tolerance);
    }

    [Fact]
    public void Values_Zdt1_OnItsFront_AreOnTheCurve()
    {
        Assert.Equal([0.25, 0.5], TestFunction.Find("zdt1")!.Values(Point("x0", 0.25, "x1", 0.0, "x2", 0.0)));
        // g = 1 + 9 · 0.5 = 5.5
        Assert.Equal([0.0, 5.5], TestFunction.Find("zdt1")!.Values(Point("x0", 0.0, "x1", 1.0, "x2", 0.0)));
    }

    [Fact]
    public void Gap_OneObjective_IsTheBestAboveTheOptimum()
    {
        Assert.Equal(0.5, TestFunction.Find("hartmann6")!.Gap([[-1.0], [-2.82236801141551], [-2.0]]), 1e-9);
        Assert.Equal(double.PositiveInfinity, TestFunction.Find("sphere")!.Gap([]));
    }

    [Fact]
    public void Gap_TwoObjectives_IsTheAreaThatTheFrontMisses()
    {
        var function = TestFunction.Find("zdt1")!;
        var front = Enumerable.Range(0, 10_001).Select(index => index / 10_000.0).Select(x => ImmutableArray.Create(x, 1 - Math.Sqrt(x))).ToArray();

        Assert.Equal(0, function.Gap(front), 1e-3);
        // The corners (0, 1) and (1, 0) leave the area under the curve's chord of steps: 9 of 10 − 1/3.
        Assert.Equal(10 - 1.0 / 3 - 9, function.Gap([[0.0, 1.0], [1.0, 0.0], [0.5, 2.0]]), 1e-12);
    }

    [Fact]
    public void MissingFrom_Condition_IsHeeded()
    {
        var function = TestFunction.Find("conditional")!;

        Assert.Equal("kind", function.MissingFrom(Point()));
        Assert.Equal("y", function.MissingFrom(Point("kind", "a", "x", 0.0)));
        Assert.Null(function.MissingFrom(Point("kind", "a", "x", 0.0, "y", 0.0)));
    }

    [Fact]
    public void All_Functions_TakeTheirOwnSpaces()
    {
        Assert.All(TestFunction.All, function => Assert.All(function.Space.Parameters, parameter => Assert.True(function.Takes(parameter.Name))));
        Assert.False(TestFunction.Find("branin")!.Takes("x2"));
        Assert.Equal(TestFunction.All.Length, TestFunction.All.DistinctBy(function => function.Name).Count());
    }

    private static ImmutableSortedDictionary<string, ParameterValue> Point(params object[] items) => items.Chunk(2).ToImmutableSortedDictionary(
        pair => (string)pair[0], pair => pair[1] switch { int integer => (ParameterValue)integer, double number => number, var text => (string)text });
}
