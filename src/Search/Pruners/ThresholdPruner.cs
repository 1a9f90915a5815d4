namespace Nola.Search.Pruners;

/// <summary>Prunes a trial whose value leaves a range, or is NaN.</summary>
public sealed class ThresholdPruner(ThresholdOptions options) : IPruner
{
    private readonly CheckSteps checks = new(options.WarmupSteps, options.Interval);
    private readonly Dictionary<int, long> lastSteps = [];

    /// <inheritdoc/>
    public PruneDecision Report(int trial, long step, double value)
    {
        var before = lastSteps.GetValueOrDefault(trial, -1);
        lastSteps[trial] = Math.Max(before, step);
        return checks.Includes(step, before) && !(value >= options.Low && value <= options.High) ? PruneDecision.Prune : PruneDecision.Continue;
    }

    /// <inheritdoc/>
    public void End(int trial, ObservationState state) => lastSteps.Remove(trial);
}

/// <summary>Settings of <see cref="ThresholdPruner"/>. Values are such that smaller is better.</summary>
public sealed record ThresholdOptions
{
    /// <summary>Smallest value that goes on. Default: none.</summary>
    public double Low { get; init; } = double.NegativeInfinity;

    /// <summary>Largest value that goes on. Default: none.</summary>
    public double High { get; init; } = double.PositiveInfinity;

    /// <summary>Steps of each trial in which it is not pruned. Default: 0.</summary>
    public long WarmupSteps { get; init; }

    /// <summary>Steps between two looks at a trial. Default: 1.</summary>
    public long Interval { get; init; } = 1;
}
