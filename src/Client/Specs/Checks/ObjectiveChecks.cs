using Nola.Client.Specs.Sections;
using Nola.Core.Trials;

namespace Nola.Client.Specs.Checks;

/// <summary>Whether objectives behind the first can be searched for.</summary>
internal static class ObjectiveChecks
{
    /// <summary>Whether a sampler looks for one objective only.</summary>
    public static bool NeedsOneObjective(string sampler) => sampler is "cma-es" or "gp";

    public static void Check(SpecDraft spec, Problems problems)
    {
        if (spec.Besides.IsEmpty)
            return;
        var at = spec.Besides[0].At;
        foreach (var objective in spec.Besides)
            CheckMetric(objective, spec, problems);
        if (spec.Search?.Spec is not { } search)
        {
            problems.Add(at, "there are several objectives, but nothing is searched", "add a search, or keep one objective; metrics beside it are reported anyway");
            return;
        }

        if (NeedsOneObjective(search.Sampler))
            problems.Add(spec.Search.SamplerAt, $"the sampler {search.Sampler} looks for one objective only, but there are {spec.Besides.Length + 1}", "use tpe or nsga");
        if (search.Pruner is not null)
            problems.Add(spec.Search.At, $"the pruner {search.Pruner} judges by one objective, but there are {spec.Besides.Length + 1}", "remove the pruner, or keep one objective");
        if (spec.Search.Journals is [var journal, ..])
            problems.Add(journal.At, $"a journal has one objective, but there are {spec.Besides.Length + 1}", "remove it, or keep one objective");
    }

    private static void CheckMetric(ObjectiveDraft objective, SpecDraft spec, Problems problems)
    {
        if (spec.Task is not { } task || Merits.CostNames.Contains(objective.Metric))
            return;
        if (!task.Metrics.IsEmpty && !task.Metrics.Contains(objective.Metric))
            problems.Add(objective.At, $"the task {task.Name} has no metric '{objective.Metric}'", Suggestions.Remedy(objective.Metric, [.. task.Metrics, .. Merits.CostNames], "there are"));
        else if (task.Metrics.IsEmpty && objective.Direction is null)
            problems.Add(objective.At, $"whether more or less of '{objective.Metric}' is better is not known", $"write {{ metric: {objective.Metric}, direction: maximize }}, or minimize");
    }
}
