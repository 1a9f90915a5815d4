using System.Globalization;
using Nola.Core.Experiments;
using Nola.Core.Trials;

namespace Nola.Client.Views;

/// <summary>A trial in words.</summary>
internal static class TrialWords
{
    /// <summary>Study and number: <c>2/0</c>.</summary>
    public static string Name(TrialId id) => string.Create(CultureInfo.InvariantCulture, $"{id.Study}/{id.Number}");

    /// <summary>Study and number, and the attempt where it is not the first: <c>2/0, attempt 2</c>.</summary>
    public static string Name(RunningTrial trial) => trial.Attempt > 1 ? string.Create(CultureInfo.InvariantCulture, $"{Name(trial.Id)}, attempt {trial.Attempt}") : Name(trial.Id);

    /// <summary><c>step 240 of 400, loss 0.5321, 310 samples/s, 12 s left, best 0.8012</c>: what is known of it; the phase before the first step.</summary>
    public static string Progress(RunningTrial trial)
    {
        if (trial.IsPaused)
            return "paused";
        if (trial.Progress is not { } progress)
            return trial.Place.Length == 0 ? "waits for a slot" : "starting";
        if (progress.Step == 0)
            return progress.Phase;
        return string.Join(", ", new[]
        {
            string.Create(CultureInfo.InvariantCulture, $"step {progress.Step}{(progress.PlannedSteps is { } planned ? $" of {planned}" : "")}"),
            progress.Loss is { } loss ? "loss " + Words.Of(loss) : null,
            progress.SamplesPerSecond > 0 ? string.Create(CultureInfo.InvariantCulture, $"{progress.SamplesPerSecond:0} samples/s") : null,
            TimeLeft(trial) is { } left ? Words.Of(left) + " left" : null,
            trial.Best is { } best ? "best " + Words.Of(best) : null,
        }.Where(part => part is not null));
    }

    /// <summary>The kind of an outcome in one word, as JSON has it: <c>out-of-budget</c>.</summary>
    public static string State(Outcome outcome) => outcome switch
    {
        OutOfBudget => "out-of-budget",
        _ => outcome.GetType().Name.ToLowerInvariant(),
    };

    /// <summary>What stands behind an outcome: the cap, the step or the reason; null where there is nothing.</summary>
    public static string? Why(Outcome outcome) => outcome switch
    {
        OutOfBudget spent => spent.Cap,
        Failed failed => failed.Reason,
        Pruned pruned => string.Create(CultureInfo.InvariantCulture, $"step {pruned.Step}"),
        Diverged diverged => string.Create(CultureInfo.InvariantCulture, $"step {diverged.Step}"),
        _ => null,
    };

    /// <summary>Training time left by the pace of this attempt so far; null before there is one.</summary>
    public static TimeSpan? TimeLeft(RunningTrial trial) => trial.Progress is { PlannedSteps: { } planned, Spent: { Steps: > 0 } spent } progress
        ? spent.TrainingTime / spent.Steps * Math.Max(0, planned - progress.Step)
        : null;
}
