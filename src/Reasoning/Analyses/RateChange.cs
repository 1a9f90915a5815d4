using Nola.Reasoning.Tasks;

namespace Nola.Reasoning.Analyses;

/// <summary>The change of a model's rate between two ways of asking about the same problems: SR without a test against with one, DER against IER.</summary>
/// <param name="Count">Problems that were judged both times.</param>
/// <param name="Before">Rate of the first.</param>
/// <param name="After">Rate of the second.</param>
/// <param name="Change">After − before with its 95 % bootstrap interval over problems.</param>
/// <param name="Test">Paired test of the two.</param>
public sealed record RateChange(int Count, double Before, double After, Interval Change, McNemar Test)
{
    /// <summary>The change over the problems that both judged; null when there is none. With several samples a problem's first counts.</summary>
    public static RateChange? Of(IEnumerable<JudgedItem> before, IEnumerable<JudgedItem> after) => Of(Right(before), Right(after));

    /// <summary>
    /// DER against IER: the reasoning rate over problems whose program the model wrote rightly, against IER over the same problems.
    /// </summary>
    public static RateChange? DependentAgainstIndependent(IEnumerable<JudgedItem> ier, IEnumerable<JudgedItem> der) =>
        Of(Right(ier), Right(der.Where(item => item.Judgement.Parts.ContainsKey(JudgementParts.Reasoning))));

    private static RateChange? Of(Dictionary<string, bool> before, Dictionary<string, bool> after)
    {
        var ids = before.Keys.Where(after.ContainsKey).Order(StringComparer.Ordinal).ToList();
        return ids.Count == 0 ? null : new(
            ids.Count,
            ids.Average(id => before[id] ? 1.0 : 0),
            ids.Average(id => after[id] ? 1.0 : 0),
            Bootstrap.Mean([.. ids.Select(id => (after[id] ? 1.0 : 0) - (before[id] ? 1.0 : 0))]),
            McNemar.Of(before, after));
    }

    private static Dictionary<string, bool> Right(IEnumerable<JudgedItem> items) => items
        .Where(item => item.Sample == 0 && item.Judgement.Kind is (JudgementKind.Right or JudgementKind.Wrong))
        .ToDictionary(item => item.Id, item => item.Judgement.IsRight, StringComparer.Ordinal);
}
