using Nola.Core.Trials;

namespace Nola.Core.Experiments;

/// <summary>Bounds within which a metric, or what a trial takes, must lie; a trial outside of them is infeasible and never the best.</summary>
/// <param name="Metric">A metric's name, or one of <see cref="Merits.CostNames"/>.</param>
/// <param name="Low">Smallest value that is feasible; null for no bound.</param>
/// <param name="High">Largest value that is feasible; null for no bound.</param>
[GenerateSerializer]
[Alias("nola.Constraint")]
public sealed record Constraint([property: Id(0)] string Metric, [property: Id(1)] double? Low, [property: Id(2)] double? High)
{
    /// <summary>The excess of a completed trial that did not measure it: more than that of any that did.</summary>
    public const double Unmeasured = 1e9;

    /// <summary>
    /// By how much a trial lies outside, as a share of the bound (of 1 where that is 0): above 0 when it is infeasible, else at most 0, as Optuna's
    /// <c>constraints_func</c> has it. A trial that did not come to its end may lack the metric: null.
    /// </summary>
    public double? ExcessOf(TrialRecord trial)
    {
        if (Merits.Of(trial, Metric) is not { } value)
            return trial.Result.Outcome is Completed or OutOfBudget ? Unmeasured : null;
        var above = High is { } high ? (value - high) / Scale(high) : double.NegativeInfinity;
        var below = Low is { } low ? (low - value) / Scale(low) : double.NegativeInfinity;
        return Math.Min(Math.Max(above, below), Unmeasured);

        static double Scale(double bound) => bound == 0 ? 1 : Math.Abs(bound);
    }

    /// <summary>Whether a trial is feasible, as far as is known.</summary>
    public static bool AreKept(TrialRecord trial, ImmutableArray<Constraint> constraints) => ViolationOf(trial, constraints) == 0;

    /// <summary>The excesses above 0 of a trial, summed: 0 when it is feasible as far as is known.</summary>
    public static double ViolationOf(TrialRecord trial, ImmutableArray<Constraint> constraints)
    {
        var sum = 0.0;
        foreach (var constraint in constraints)
            sum += Math.Max(0, constraint.ExcessOf(trial) ?? 0);
        return sum;
    }
}
