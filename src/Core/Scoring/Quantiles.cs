namespace Nola.Core.Scoring;

/// <summary>Quantiles with linear interpolation between neighbours, as numpy's default.</summary>
public static class Quantiles
{
    /// <summary>A quantile. NaN when there are no values.</summary>
    /// <param name="sorted">The values, ascending.</param>
    /// <param name="share">In [0, 1].</param>
    public static double Of(ReadOnlySpan<double> sorted, double share)
    {
        if (sorted.IsEmpty)
            return double.NaN;
        var place = share * (sorted.Length - 1);
        var low = (int)place;
        var high = sorted[Math.Min(low + 1, sorted.Length - 1)];
        return place == low ? sorted[low] : double.IsInfinity(high) ? high : sorted[low] + (place - low) * (high - sorted[low]);
    }

    /// <summary>The median.</summary>
    public static double Median(ReadOnlySpan<double> sorted) => Of(sorted, 0.5);
}
