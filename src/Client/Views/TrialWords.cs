using System.Globalization;
using Nola.Core.Experiments;

namespace Nola.Client.Views;

/// <summary>A running trial in words.</summary>
internal static class TrialWords
{
    /// <summary><c>step 240 of 400, loss 0.5321, 310 samples/s, 12 s left, best 0.8012</c>: what is known of it.</summary>
    public static string Progress(RunningTrial trial)
    {
        if (trial.Progress is not { } progress)
            return "";
        return string.Join(", ", new[]
        {
            progress.Step > 0 ? string.Create(CultureInfo.InvariantCulture, $"step {progress.Step}{(progress.PlannedSteps is { } planned ? $" of {planned}" : "")}") : null,
            progress.Loss is { } loss ? "loss " + Words.Of(loss) : null,
            progress.SamplesPerSecond > 0 ? string.Create(CultureInfo.InvariantCulture, $"{progress.SamplesPerSecond:0} samples/s") : null,
            TimeLeft(trial) is { } left ? Words.Of(left) + " left" : null,
            trial.Best is { } best ? "best " + Words.Of(best) : null,
        }.Where(part => part is not null));
    }

    /// <summary>Training time left by the pace of this attempt so far; null before there is one.</summary>
    public static TimeSpan? TimeLeft(RunningTrial trial) => trial.Progress is { PlannedSteps: { } planned, Spent: { Steps: > 0 } spent } progress
        ? spent.TrainingTime / spent.Steps * Math.Max(0, planned - progress.Step)
        : null;
}
