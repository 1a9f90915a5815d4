namespace Nola.Core.Scoring;

/// <summary>Ranks of values and the correlation of ranks.</summary>
public static class Ranks
{
    /// <summary>Ranks from 1; equal values share the mean of their ranks.</summary>
    public static double[] Average(IReadOnlyList<double> values)
    {
        var order = Enumerable.Range(0, values.Count).OrderBy(i => values[i]).ToArray();
        var ranks = new double[values.Count];
        for (var start = 0; start < order.Length;)
        {
            var end = start + 1;
            while (end < order.Length && values[order[end]].Equals(values[order[start]]))
                end++;
            for (var i = start; i < end; i++)
                ranks[order[i]] = (start + 1 + end) / 2.0;
            start = end;
        }

        return ranks;
    }

    /// <summary>Spearman's rank correlation; 0 when either side is constant.</summary>
    public static double Spearman(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(b.Count, a.Count, nameof(b));
        if (a.Count == 0)
            return 0;
        double[] x = Average(a), y = Average(b);
        var mean = (a.Count + 1) / 2.0;
        double cross = 0, squaresX = 0, squaresY = 0;
        for (var i = 0; i < x.Length; i++)
        {
            cross += (x[i] - mean) * (y[i] - mean);
            squaresX += (x[i] - mean) * (x[i] - mean);
            squaresY += (y[i] - mean) * (y[i] - mean);
        }

        var scale = Math.Sqrt(squaresX * squaresY);
        return scale > 0 ? cross / scale : 0;
    }
}
