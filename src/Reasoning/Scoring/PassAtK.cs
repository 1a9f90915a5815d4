namespace Nola.Reasoning.Scoring;

/// <summary>The unbiased estimate of pass@k of arXiv 2107.03374: 1 − C(n−c, k) / C(n, k).</summary>
public static class PassAtK
{
    /// <summary>The chance that at least one of k samples, drawn from n of which c are right, is right.</summary>
    /// <param name="samples">n, at least <paramref name="k"/>.</param>
    /// <param name="right">c, from 0 to n.</param>
    /// <param name="k">k, at least 1.</param>
    public static double Of(int samples, int right, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, k);
        ArgumentOutOfRangeException.ThrowIfNegative(right);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(right, samples);
        if (samples - right < k)
            return 1;
        var none = 1.0;
        for (var i = samples - right + 1; i <= samples; i++)
            none *= 1 - (double)k / i;
        return 1 - none;
    }
}
