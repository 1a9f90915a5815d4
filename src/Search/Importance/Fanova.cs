using Nola.Core.Searching;
using Nola.Search.Spaces;

namespace Nola.Search.Importance;

/// <summary>
/// How much of the variance of the objective over the whole space each parameter explains alone: functional ANOVA over a random forest (Hutter, Hoos
/// and Leyton-Brown, ICML 2014). Takes a second at a thousand results.
/// </summary>
/// <remarks>Parameters are taken on their own scale, without logarithm; lists of values as one feature per value.</remarks>
public static class Fanova
{
    /// <summary>Importance of every parameter that always exists, summing to 1; zeros when the results are too few, or all of one value.</summary>
    /// <param name="space">The space.</param>
    /// <param name="observations">Results; only completed ones that have all the parameters count.</param>
    /// <param name="seed">Seed of the forest.</param>
    /// <param name="trees">Number of trees. Default: 64.</param>
    public static ImmutableSortedDictionary<string, double> Of(SearchSpace space, IEnumerable<Observation> observations, int seed = 0, int trees = 64)
    {
        var parameters = space.Parameters.Where(parameter => parameter.When is null && Domain.Count(parameter.Values) is not 1).ToArray();
        var usable = observations.Where(item => item is { State: ObservationState.Completed, Value: { } value } && double.IsFinite(value)
            && parameters.All(parameter => item.Parameters.TryGetValue(parameter.Name, out var own) && Domain.Contains(parameter.Values, own))).ToArray();
        var owners = parameters.SelectMany((parameter, index) => Enumerable.Repeat(index, Width(parameter))).ToArray();
        var bounds = parameters.SelectMany(Bounds).ToArray();
        var points = usable.Select(item => parameters.SelectMany(parameter => FeaturesOf(parameter, item.Parameters[parameter.Name])).ToArray()).ToArray();
        var values = usable.Select(item => item.Value!.Value).ToArray();
        var sums = new double[parameters.Length];
        for (var number = 0; number < trees && usable.Length > 1; number++)
        {
            var numbers = SeededNumbers.For(seed, number);
            var sample = Enumerable.Range(0, usable.Length).Select(_ => (int)numbers.NextIndex(usable.Length)).ToArray();
            var tree = new ForestTree(points, values, sample, bounds, ref numbers);
            if (!(tree.Variance > 0))
                continue;
            for (var index = 0; index < parameters.Length; index++)
                sums[index] += tree.VarianceOf([.. Enumerable.Range(0, owners.Length).Where(feature => owners[feature] == index)]) / tree.Variance;
        }

        var total = sums.Sum();
        return space.Parameters.ToImmutableSortedDictionary(
            parameter => parameter.Name, parameter => Array.IndexOf(parameters, parameter) is var index and >= 0 && total > 0 ? sums[index] / total : 0);
    }

    private static int Width(SearchParameter parameter) => parameter.Values is Choices choices ? choices.Values.Length : 1;

    private static IEnumerable<(double Low, double High)> Bounds(SearchParameter parameter) => parameter.Values switch
    {
        Choices choices => choices.Values.Select(_ => (0.0, 1.0)),
        FloatRange range => [(range.Low, range.High)],
        IntegerRange range => [(range.Low - 0.5 * range.Step, range.High + 0.5 * range.Step)],
        _ => [],
    };

    private static IEnumerable<double> FeaturesOf(SearchParameter parameter, ParameterValue value) =>
        parameter.Values is Choices choices ? choices.Values.Select(choice => choice == value ? 1.0 : 0) : [value.AsNumber()];
}
