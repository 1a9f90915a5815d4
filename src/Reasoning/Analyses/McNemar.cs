namespace Nola.Reasoning.Analyses;

/// <summary>Exact test of McNemar (1947) between two models on the same problems.</summary>
/// <param name="OnlyFirst">Problems that only the first has right.</param>
/// <param name="OnlySecond">Problems that only the second has right.</param>
/// <param name="PValue">Two-sided: chance of a split at least this uneven if both were equally good.</param>
public sealed record McNemar(int OnlyFirst, int OnlySecond, double PValue)
{
    /// <summary>The test of results by problem; problems that one of them lacks do not count.</summary>
    public static McNemar Of(IReadOnlyDictionary<string, bool> first, IReadOnlyDictionary<string, bool> second)
    {
        int onlyFirst = 0, onlySecond = 0;
        foreach (var (id, right) in first)
            if (second.TryGetValue(id, out var other) && other != right)
                _ = right ? onlyFirst++ : onlySecond++;
        return new(onlyFirst, onlySecond, TwoSided(onlyFirst, onlySecond));
    }

    // min(1, 2 · P(X ≤ min(b, c))) with X ~ Binomial(b + c, ½), summed in logarithms: 2⁻ⁿ is 0 in a double from 1,075 problems on.
    private static double TwoSided(int b, int c)
    {
        var n = b + c;
        var term = -n * Math.Log(2);
        var sum = Math.Exp(term);
        for (var i = 1; i <= Math.Min(b, c); i++)
        {
            term += Math.Log((n - i + 1.0) / i);
            sum += Math.Exp(term);
        }

        return Math.Min(1, 2 * sum);
    }
}
