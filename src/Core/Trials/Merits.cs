using Nola.Core.Experiments;

namespace Nola.Core.Trials;

/// <summary>What a finished trial can be judged by: the metrics that it measured, and what it took.</summary>
public static class Merits
{
    private static readonly ImmutableArray<(string Name, Func<TrialRecord, double?> Of)> Costs =
    [
        ("seconds", trial => trial.TotalUsage.TrainingTime.TotalSeconds),
        ("parameters", trial => trial.Result.Parameters?.Trainable),
        ("memory", trial => trial.Result.PeakMemory > 0 ? trial.Result.PeakMemory : null),
        ("tokens", trial => trial.TotalUsage.Tokens),
    ];

    /// <summary>Names of what every trial takes: training time in seconds, trained weights, peak memory in bytes, tokens. Less is better.</summary>
    public static ImmutableArray<string> CostNames { get; } = [.. Costs.Select(cost => cost.Name)];

    /// <summary>The value of a metric or cost; null when the trial has none that is finite.</summary>
    /// <remarks>The best measurement is where the objective's value comes from; metrics that are taken at the end only are in the result.</remarks>
    public static double? Of(TrialRecord trial, string name)
    {
        var value = Costs.FirstOrDefault(cost => cost.Name == name).Of is { } cost ? cost(trial)
            : trial.Result.Best?.Metrics.TryGetValue(name, out var measured) == true ? measured
            : trial.Result.Metrics.TryGetValue(name, out var final) ? final : (double?)null;
        return value is { } number && double.IsFinite(number) ? number : null;
    }

    /// <summary>Values of several objectives, so that smaller is better; null when one is missing.</summary>
    public static ImmutableArray<double>? Of(TrialRecord trial, ImmutableArray<Objective> objectives)
    {
        var values = objectives.Select(objective => Of(trial, objective.Metric) is { } value ? objective.Signed(value) : (double?)null).ToArray();
        return values.Any(value => value is null) ? null : [.. values.Select(value => value!.Value)];
    }
}
