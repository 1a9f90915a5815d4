using Nola.Core.Searching;

namespace Nola.Core.Functions;

/// <summary>A synthetic function to be minimised, with its usual space and its optimum. One file per family of them.</summary>
/// <param name="Name">As specs name it.</param>
/// <param name="Space">The space in which samplers are compared on it; empty for functions that are no test of a sampler.</param>
/// <param name="Best">The smallest value in <paramref name="Space"/>.</param>
/// <param name="Values">The value, or the values of several objectives, at a point that has <see cref="Needed"/>.</param>
public sealed partial record TestFunction(
    string Name, SearchSpace Space, double Best, Func<ImmutableSortedDictionary<string, ParameterValue>, ImmutableArray<double>> Values)
{
    /// <summary>Names of the metrics that trials of functions measure: a function with one objective has the first alone.</summary>
    public static ImmutableArray<string> Metrics { get; } = ["value", "value2"];

    /// <summary>Every function.</summary>
    public static ImmutableArray<TestFunction> All { get; } =
    [
        new("constant", Nowhere, 1, _ => [1]) { Needed = [], TakesMore = true },
        new("sphere", Cube(2, -5, 5), 0, point => [Numbers(point).Sum(x => x * x)]) { Needed = [], TakesMore = true, Spread = 16 },
        new("branin", new([new("x0", new FloatRange(-5, 10)), new("x1", new FloatRange(0, 15))]), 0.397887357729738, point => [Branin(Numbers(point))]) { Spread = 35 },
        new("hartmann6", Cube(6, 0, 1), -3.32236801141551, point => [Hartmann(Numbers(point))]) { Spread = 3.2 },
        new("rosenbrock", Cube(2, -2, 2), 0, point => [Rosenbrock(Numbers(point))]) { TakesMore = true, Spread = 210 },
        new("mixed-lora", LoraSpace, 0, point => [Lora(point)]) { Spread = 0.37 },
        new("conditional", ConditionalSpace, 0, point => [Conditional(point)]) { Spread = 1.1 },
        new("zdt1", Cube(6, 0, 1), 0, point => Zdt1(Numbers(point))) { Needed = ["x0", "x1"], TakesMore = true, Objectives = 2 },
        new("failing", Nowhere, 0, _ => [0]) { Needed = [], TakesMore = true },
        new("diverging", Nowhere, 0, _ => [double.NaN]) { Needed = [], TakesMore = true },
    ];

    /// <summary>Number of objectives. Default: 1.</summary>
    public int Objectives { get; init; } = 1;

    /// <summary>How far above the optimum half of all random points lie. Default: 1.</summary>
    public double Spread { get; init; } = 1;

    /// <summary>Parameters without which it has no value, unless a condition of <see cref="Space"/> excludes them. Default: all of the space.</summary>
    public ImmutableArray<string> Needed { get; init; } = [.. Space.Parameters.Select(parameter => parameter.Name)];

    /// <summary>Whether it takes further parameters of any name. Default: no.</summary>
    public bool TakesMore { get; init; }

    /// <summary>The function of that name; null when there is none.</summary>
    public static TestFunction? Find(string name) => All.FirstOrDefault(function => function.Name == name);

    /// <summary>How far results are from the optimum: the smallest value above it; of two objectives the area that they leave of what the whole front dominates.</summary>
    /// <param name="results">Values of trials; infinity when there are none.</param>
    public double Gap(IEnumerable<ImmutableArray<double>> results) => Objectives == 1
        ? results.Select(values => values[0] - Best).DefaultIfEmpty(double.PositiveInfinity).Min()
        : Zdt1Area - AreaOf(results);

    /// <summary>Whether it takes a parameter of that name.</summary>
    public bool Takes(string parameter) => TakesMore || Needed.Contains(parameter);

    /// <summary>A parameter that it needs and the point lacks; null when there is none.</summary>
    public string? MissingFrom(ImmutableSortedDictionary<string, ParameterValue> point) => Needed.FirstOrDefault(name =>
        !point.ContainsKey(name)
        && Space.Parameters.First(parameter => parameter.Name == name).When is var when
        && (when is null || (point.TryGetValue(when.Parameter, out var value) && when.Values.Contains(value))));

    private static SearchSpace Nowhere => new([]);

    private static SearchSpace Cube(int dimensions, double low, double high) => new([.. Enumerable.Range(0, dimensions).Select(axis => new SearchParameter($"x{axis}", new FloatRange(low, high)))]);

    // In the order of the names; texts and truth values are no numbers.
    private static double[] Numbers(ImmutableSortedDictionary<string, ParameterValue> point) => [.. point.Values.Where(value => value.IsNumeric).Select(value => value.AsNumber())];
}
