namespace Nola.Core.Reports;

/// <summary>Mean and spread of a few values.</summary>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="Deviation">Standard deviation with n − 1; null for a single value.</param>
/// <param name="Count">Number of values, at least 1.</param>
public sealed record Statistic(double Mean, double? Deviation, int Count)
{
    /// <summary>The statistic of some values. Throws <see cref="ArgumentException"/> when there are none or one is not finite.</summary>
    public static Statistic Of(IEnumerable<double> values)
    {
        var all = values.ToArray();
        if (all.Length == 0 || !all.All(double.IsFinite))
            throw new ArgumentException("A statistic needs at least one value, all of them finite.", nameof(values));
        var mean = all.Average();
        return new(mean, all.Length == 1 ? null : Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / (all.Length - 1)), all.Length);
    }
}
