using Nola.Reasoning.Scoring;

namespace Nola.Reasoning.Tasks;

/// <summary>One sample of one problem with its judgement.</summary>
/// <param name="Id">The problem's id.</param>
/// <param name="Sample">Number of the sample, from 0.</param>
/// <param name="Judgement">How it ended.</param>
public sealed record JudgedItem(string Id, int Sample, Judgement Judgement);

/// <summary>Metrics of a task over its judged items, all shares from 0 to 1 or counts.</summary>
public static class TaskMetrics
{
    /// <summary>
    /// Metrics by name. Every task: <c>problems</c>, <c>unanswered</c>, <c>unjudged</c> (counts of samples; neither enters a rate). <c>ier</c>:
    /// <c>crr</c>, <c>type-match</c>, <c>value-match</c> (CRR among answers of the right type). <c>sr</c>: <c>pass@1</c>. <c>der</c>: <c>synthesis-rate</c>,
    /// <c>reasoning-rate</c> (among programs that pass), <c>der</c> (both). CRUXEval: <c>pass@1</c>, and <c>pass@5</c> where every problem has five samples.
    /// A rate over nothing is absent.
    /// </summary>
    public static ImmutableSortedDictionary<string, double> Of(ReasoningTask task, IEnumerable<JudgedItem> items)
    {
        var all = items.ToList();
        var judged = all.Where(item => item.Judgement.Kind is JudgementKind.Right or JudgementKind.Wrong).ToList();
        var metrics = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        metrics["problems"] = all.Select(item => item.Id).Distinct(StringComparer.Ordinal).Count();
        metrics["unanswered"] = all.Count(item => item.Judgement.Kind == JudgementKind.Unanswered);
        metrics["unjudged"] = all.Count(item => item.Judgement.Kind == JudgementKind.Unjudged);
        switch (task.Name)
        {
            case "ier":
                AddRate(metrics, "crr", judged.Select(item => item.Judgement.IsRight));
                AddRate(metrics, "type-match", Part(judged, JudgementParts.TypeMatch));
                AddRate(metrics, "value-match", judged.Where(item => item.Judgement.Parts.GetValueOrDefault(JudgementParts.TypeMatch) > 0).Select(item => item.Judgement.IsRight));
                break;
            case "der":
                AddRate(metrics, "der", judged.Select(item => item.Judgement.IsRight));
                AddRate(metrics, "synthesis-rate", Part(judged, JudgementParts.Synthesis));
                AddRate(metrics, "reasoning-rate", Part(judged, JudgementParts.Reasoning));
                break;
            case "sr":
                AddPass(metrics, judged, 1);
                break;
            default:
                AddPass(metrics, judged, 1);
                AddPass(metrics, judged, 5);
                AddRate(metrics, "type-match", Part(judged, JudgementParts.TypeMatch));
                break;
        }

        return metrics.ToImmutable();
    }

    private static IEnumerable<bool> Part(IEnumerable<JudgedItem> items, string part) =>
        items.Where(item => item.Judgement.Parts.ContainsKey(part)).Select(item => item.Judgement.Parts[part] > 0);

    private static void AddRate(ImmutableSortedDictionary<string, double>.Builder metrics, string name, IEnumerable<bool> values)
    {
        var all = values.ToList();
        if (all.Count > 0)
            metrics[name] = all.Count(value => value) / (double)all.Count;
    }

    private static void AddPass(ImmutableSortedDictionary<string, double>.Builder metrics, List<JudgedItem> judged, int k)
    {
        var problems = judged.GroupBy(item => item.Id, StringComparer.Ordinal).ToList();
        if (problems.Count > 0 && problems.All(problem => problem.Count() >= k))
            metrics[$"pass@{k}"] = problems.Average(problem => PassAtK.Of(problem.Count(), problem.Count(item => item.Judgement.IsRight), k));
    }
}
