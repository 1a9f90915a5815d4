using Nola.Core.Scoring;

namespace Nola.Reasoning.Analyses;

/// <summary>How far two rankings of the same things agree, such as of models by synthesis and by reasoning.</summary>
/// <param name="Spearman">Spearman's ρ, from −1 to 1.</param>
/// <param name="Kendall">Kendall's τ-b, from −1 to 1.</param>
/// <param name="Count">Things that both rank.</param>
public sealed record RankAgreement(double Spearman, double Kendall, int Count)
{
    /// <summary>Agreement of scores by name; names that one of them lacks do not count. 0 where either side is constant.</summary>
    public static RankAgreement Of(IReadOnlyDictionary<string, double> first, IReadOnlyDictionary<string, double> second)
    {
        var names = first.Keys.Where(second.ContainsKey).Order(StringComparer.Ordinal).ToList();
        double[] a = [.. names.Select(name => first[name])], b = [.. names.Select(name => second[name])];
        return new(Ranks.Spearman(a, b), TauB(a, b), names.Count);
    }

    // τ-b = (concordant − discordant) / √((pairs − ties in a)(pairs − ties in b))
    private static double TauB(double[] a, double[] b)
    {
        double score = 0, untiedA = 0, untiedB = 0;
        for (var i = 0; i < a.Length; i++)
            for (var j = 0; j < i; j++)
            {
                int x = Math.Sign(a[i] - a[j]), y = Math.Sign(b[i] - b[j]);
                score += x * y;
                untiedA += x * x;
                untiedB += y * y;
            }

        return untiedA > 0 && untiedB > 0 ? score / Math.Sqrt(untiedA * untiedB) : 0;
    }
}
