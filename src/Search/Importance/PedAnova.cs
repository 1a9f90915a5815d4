using Nola.Core.Searching;
using Nola.Search.Samplers.Parzen;
using Nola.Search.Spaces;

namespace Nola.Search.Importance;

/// <summary>
/// Which parameters decide whether a result is among the best: the Pearson divergence between where the best results lie and where all lie
/// (Watanabe et al., "PED-ANOVA", IJCAI 2023). Takes milliseconds.
/// </summary>
public static class PedAnova
{
    private const int GridSteps = 50, LeastTop = 2;
    private const double Tiny = 1e-12;

    /// <summary>Importance of every parameter, summing to 1; zeros when the results are too few, or all of one value.</summary>
    /// <param name="space">The space. Conditional parameters are judged by the results that have them.</param>
    /// <param name="observations">Results; only completed ones count.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    public static ImmutableSortedDictionary<string, double> Of(SearchSpace space, IEnumerable<Observation> observations, PedAnovaOptions? options = null)
    {
        var raw = Raw(space, observations, options ?? new());
        var sum = raw.Values.Sum();
        return sum > 0 ? raw.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value / sum) : raw;
    }

    /// <summary>The divergences before they are scaled to 1.</summary>
    internal static ImmutableSortedDictionary<string, double> Raw(SearchSpace space, IEnumerable<Observation> observations, PedAnovaOptions options)
    {
        var all = observations.Where(item => item is { State: ObservationState.Completed, Value: { } value } && !double.IsNaN(value)).ToArray();
        var raw = space.Parameters.ToImmutableSortedDictionary(parameter => parameter.Name, _ => 0.0);
        foreach (var parameter in space.Parameters.Where(parameter => Domain.Count(parameter.Values) is not 1))
        {
            var having = all.Where(item => item.Parameters.TryGetValue(parameter.Name, out var value) && Domain.Contains(parameter.Values, value)).ToArray();
            if (having.Length <= LeastTop)
                continue;
            // Ties with the last of the best are among them.
            var cut = having.Select(item => item.Value!.Value).Order().ElementAt(Math.Max(LeastTop, (int)Math.Ceiling(options.Quantile * having.Length)) - 1);
            var top = having.Where(item => item.Value <= cut).ToArray();
            var share = (double)top.Length / having.Length;
            var best = Density(parameter.Values, top.Select(item => item.Parameters[parameter.Name]));
            var other = options.WithinStudy
                ? Density(parameter.Values, having.Select(item => item.Parameters[parameter.Name]))
                : [.. Enumerable.Repeat(1.0 / best.Length - Tiny, best.Length)];
            var divergence = 0.0;
            for (var place = 0; place < best.Length; place++)
                divergence += (other[place] + Tiny) * Math.Pow((best[place] + Tiny) / (other[place] + Tiny) - 1, 2);
            raw = raw.SetItem(parameter.Name, divergence * share * share);
        }

        return raw;
    }

    private static double[] Density(Distribution values, IEnumerable<ParameterValue> observed)
    {
        var counts = Counts(values, observed);
        var seen = Enumerable.Range(0, counts.Length).Where(place => counts[place] > 0).ToArray();
        var total = (double)seen.Sum(place => counts[place]);
        var density = new double[counts.Length];
        var width = values is Choices ? 0 : Width(seen, counts, total);
        for (var place = 0; place < density.Length; place++)
        {
            var sum = values is Choices ? 1.0 / counts.Length : Mass(place, (counts.Length - 1) / 2.0, counts.Length, counts.Length);
            foreach (var kernel in seen)
            {
                // Choices are smoothed by the number of kernels, the prior being one of them.
                var each = 1.0 / (seen.Length + 1);
                sum += counts[kernel] * (values is Choices
                    ? (each + (kernel == place ? 1 : 0)) / (1 + counts.Length * each)
                    : Mass(place, kernel, width, counts.Length));
            }

            density[place] = sum / (total + 1);
        }

        return density;
    }

    private static double Mass(int place, double mean, double width, int size) => Math.Exp(
        Gaussian.LogMass((place - 0.5 - mean) / width, (place + 0.5 - mean) / width) - Gaussian.LogMass((-0.5 - mean) / width, (size - 0.5 - mean) / width));

    // Scott's rule on the grid; never narrower than what keeps 90 % of a kernel in its cell.
    private static double Width(int[] seen, int[] counts, double total)
    {
        var mean = seen.Sum(place => place * counts[place] / total);
        var deviation = Math.Sqrt(seen.Sum(place => Math.Pow(place - mean, 2) * counts[place]) / Math.Max(1, total - 1));
        var range = Quartile(Math.Floor(total * 3 / 4), isStrict: true) - Quartile(Math.Floor(total / 4), isStrict: false);
        return Math.Max(1.059 * Math.Min(range / 1.34, deviation) * Math.Pow(total, -0.2), 0.5 / 1.64);

        // The first place up to which more than the count, or as many, lie.
        int Quartile(double count, bool isStrict)
        {
            var sum = 0;
            foreach (var place in seen)
            {
                sum += counts[place];
                if (isStrict ? sum > count : sum >= count)
                    return place;
            }

            return seen[^1];
        }
    }

    private static int[] Counts(Distribution values, IEnumerable<ParameterValue> observed)
    {
        if (values is Choices choices)
        {
            var perChoice = new int[choices.Values.Length];
            foreach (var value in observed)
                perChoice[choices.Values.IndexOf(value)]++;
            return perChoice;
        }

        var (low, high, isLog) = values switch
        {
            FloatRange range => (range.Low, range.High, range.Log),
            IntegerRange range => (range.Low, range.High, range.Log),
            _ => throw new ArgumentOutOfRangeException(nameof(values), values, "No grid over these values."),
        };
        var size = values is IntegerRange { Log: true }
            ? Math.Min((int)Math.Ceiling(Math.Log(high - low + 1) / Math.Log(2)) + 1, GridSteps)
            : (int)Math.Min(Domain.Count(values) ?? GridSteps, GridSteps);
        var (from, to) = isLog ? (Math.Log(low), Math.Log(high)) : (low, high);
        var step = (to - from) / (size - 1);
        var grid = Enumerable.Range(0, size).Select(place => place == size - 1 ? to : from + place * step).ToArray();
        var counts = new int[size];
        foreach (var value in observed)
        {
            // A value in the middle of two places counts for the lower.
            var place = (isLog ? Math.Log(value.AsNumber()) : value.AsNumber()) - (grid[1] - grid[0]) / 2;
            var at = Array.FindIndex(grid, point => point >= place);
            counts[at < 0 ? size - 1 : at]++;
        }

        return counts;
    }
}

/// <summary>Settings of <see cref="PedAnova"/>.</summary>
public sealed record PedAnovaOptions
{
    /// <summary>Share of results that are the best. Default: 0.1.</summary>
    public double Quantile { get; init; } = 0.1;

    /// <summary>Whether the best are compared with all results of the study; else with the whole space evenly. Default: true.</summary>
    public bool WithinStudy { get; init; } = true;
}
