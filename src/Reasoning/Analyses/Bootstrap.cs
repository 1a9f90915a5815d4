namespace Nola.Reasoning.Analyses;

/// <summary>A value with the interval in which it lies with some confidence.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public sealed record Interval(double Value, double Low, double High);

/// <summary>Percentile bootstrap (Efron 1979): the statistic of many resamples, drawn with replacement.</summary>
public static class Bootstrap
{
    /// <summary>Interval of a mean.</summary>
    /// <param name="values">One value a problem, at least one.</param>
    /// <param name="confidence">Share of resamples within the interval. Default: 0.95.</param>
    /// <param name="resamples">Number of resamples. Default: 2000.</param>
    /// <param name="seed">Seed of the draws. Default: 0.</param>
    public static Interval Mean(IReadOnlyList<double> values, double confidence = 0.95, int resamples = 2000, int seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfZero(values.Count, nameof(values));
        var random = new Random(seed);
        var means = new double[resamples];
        for (var i = 0; i < resamples; i++)
        {
            var sum = 0.0;
            for (var j = 0; j < values.Count; j++)
                sum += values[random.Next(values.Count)];
            means[i] = sum / values.Count;
        }

        Array.Sort(means);
        var tail = (1 - confidence) / 2;
        return new(values.Average(), Quantile(means, tail), Quantile(means, 1 - tail));
    }

    // Linear between the two nearest, as numpy's default.
    private static double Quantile(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var low = (int)place;
        return low + 1 < sorted.Length ? sorted[low] + (place - low) * (sorted[low + 1] - sorted[low]) : sorted[low];
    }
}
