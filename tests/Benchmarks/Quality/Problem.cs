using Nola.Core.Searching;

namespace Nola.Benchmarks.Quality;

/// <summary>A function to be minimised, with its space and its best value.</summary>
/// <param name="Name">As tables show it.</param>
/// <param name="Best">The smallest value there is.</param>
/// <param name="Space">The space.</param>
/// <param name="Value">The function.</param>
internal sealed record Problem(string Name, double Best, SearchSpace Space, Func<ImmutableSortedDictionary<string, ParameterValue>, double> Value)
{
    private static readonly double[][] HartmannA = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]];
    private static readonly double[][] HartmannP =
    [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];

    /// <summary>The functions of docs/studies/search.md; peer.py beside this file has the same.</summary>
    public static ImmutableArray<Problem> All { get; } =
    [
        new("sphere", 0, Cube(2, -5, 5), point => Axes(point).Sum(x => x * x)),
        new("Branin", 0.397887, new([new("x0", new FloatRange(-5, 10)), new("x1", new FloatRange(0, 15))]), point => Branin(Axes(point))),
        new("Rosenbrock", 0, Cube(2, -2, 2), point => Rosenbrock(Axes(point))),
        new("Hartmann-6", -3.32237, Cube(6, 0, 1), point => Hartmann(Axes(point))),
        new("mixed LoRA", 0, new([
            new("rank", new Choices([8, 16, 32, 64, 128])), new("alpha", new Choices([0.3, 0.5, 1.0])), new("dropout", new Choices([0.1, 0.3, 0.5])),
            new("lr", new FloatRange(1e-5, 1e-3, Log: true))]), Lora),
        new("conditional", 0, new([
            new("kind", new Choices(["a", "b"])),
            new("x", new FloatRange(-5, 5), new("kind", ["a"])), new("y", new FloatRange(-5, 5), new("kind", ["a"])),
            new("z", new FloatRange(1e-4, 1, Log: true), new("kind", ["b"])), new("n", new IntegerRange(1, 10), new("kind", ["b"]))]), Conditional),
    ];

    private static SearchSpace Cube(int dimensions, double low, double high) => new([.. Enumerable.Range(0, dimensions).Select(axis => new SearchParameter($"x{axis}", new FloatRange(low, high)))]);

    private static double[] Axes(ImmutableSortedDictionary<string, ParameterValue> point) => [.. Enumerable.Range(0, point.Count).Select(axis => point[$"x{axis}"].AsNumber())];

    private static double Branin(double[] x) =>
        Math.Pow(x[1] - 5.1 / (4 * Math.PI * Math.PI) * x[0] * x[0] + 5 / Math.PI * x[0] - 6, 2) + 10 * (1 - 1 / (8 * Math.PI)) * Math.Cos(x[0]) + 10;

    private static double Rosenbrock(double[] x) => 100 * Math.Pow(x[1] - x[0] * x[0], 2) + Math.Pow(1 - x[0], 2);

    private static double Hartmann(double[] x)
    {
        double[] weights = [1, 1.2, 3, 3.2];
        return -Enumerable.Range(0, 4).Sum(row => weights[row] * Math.Exp(-Enumerable.Range(0, 6).Sum(axis => HartmannA[row][axis] * Math.Pow(x[axis] - HartmannP[row][axis], 2))));
    }

    private static double Lora(ImmutableSortedDictionary<string, ParameterValue> point) =>
        Math.Pow(Math.Log10(point["lr"].AsNumber()) + 3.7, 2) + 0.05 * Math.Abs(Math.Log2(point["rank"].AsNumber()) - 4)
        + 0.1 * Math.Pow(point["alpha"].AsNumber() - 0.5, 2) + 0.2 * Math.Abs(point["dropout"].AsNumber() - 0.1);

    // Two models with parameters of their own; the one that is better at first glance has the worse optimum.
    private static double Conditional(ImmutableSortedDictionary<string, ParameterValue> point) => point["kind"].AsText() == "a"
        ? 0.2 + 0.05 * (Math.Pow(point["x"].AsNumber() - 1, 2) + Math.Pow(point["y"].AsNumber() + 2, 2))
        : Math.Pow(Math.Log10(point["z"].AsNumber()) + 2.5, 2) + 0.1 * Math.Abs(point["n"].AsNumber() - 7);
}
