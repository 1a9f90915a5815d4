using Nola.Client.Specs.Sections;
using Nola.Core.Trials;

namespace Nola.Client.Specs.Checks;

/// <summary>Whether constraints name what is measured, and bounds that it can have.</summary>
internal static class ConstraintChecks
{
    public static void Check(SpecDraft spec, Problems problems)
    {
        foreach (var constraint in spec.Constraints)
        {
            var isKnown = spec.Task is not { Metrics: { IsEmpty: false } metrics } || metrics.Contains(constraint.Metric) || Merits.CostNames.Contains(constraint.Metric);
            if (spec.Task is { } task && !isKnown)
                problems.Add(constraint.MetricAt, $"the task {task.Name} has no metric '{constraint.Metric}'", Suggestions.Remedy(constraint.Metric, [.. task.Metrics, .. Merits.CostNames], "there are"));
            if (constraint is { Low: null, High: null })
                problems.Add(constraint.At, $"the constraint on {constraint.Metric} has no bound", "write max, min, or both");
            if (constraint is { Low: { } low, High: { } high } && low.Value > high.Value)
                problems.Add(high.At, $"max is {high.Text}, but must be at least min, which is {low.Text}", "exchange them");
            foreach (var bound in new[] { constraint.Low, constraint.High }.OfType<Bound>())
                if (isKnown && bound.Unit != BoundUnit.None && bound.Unit != UnitOf(constraint.Metric))
                    problems.Add(bound.At, $"{constraint.Metric} is bounded by {bound.Text}, but is no {Words(bound.Unit)}", UnitOf(constraint.Metric) == BoundUnit.None ? "write a plain number" : $"write {Example(constraint.Metric)}");
        }
    }

    private static BoundUnit UnitOf(string metric) => metric switch
    {
        "memory" => BoundUnit.Memory,
        "seconds" => BoundUnit.Time,
        "tokens" or "parameters" => BoundUnit.Count,
        _ => BoundUnit.None,
    };

    private static string Words(BoundUnit unit) => unit switch { BoundUnit.Memory => "size of memory", BoundUnit.Time => "time", _ => "count" };

    private static string Example(string metric) => metric switch { "memory" => "2 GiB", "seconds" => "90s", _ => "20M" };
}
