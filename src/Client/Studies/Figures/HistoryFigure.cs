using Nola.Client.Views;
using Nola.Core.Trials;

namespace Nola.Client.Studies.Figures;

/// <summary>The value of each trial, and the best so far.</summary>
internal static class HistoryFigure
{
    public static Figure? Of(StudyRecord study)
    {
        var valued = study.Trials.Select(trial => (Trial: trial, Value: study.ValueOf(trial))).Where(item => item.Value is { } value && double.IsFinite(value)).Select(item => (item.Trial, Value: item.Value!.Value)).ToArray();
        if (valued.Length == 0)
            return null;
        var plot = new Plot(Scale.FromZero(valued[^1].Trial.Id.Number), Scale.Around(valued.Select(item => item.Value)), "trial", study.Objective.Metric);
        var steps = new List<(double X, double Y)>();
        foreach (var (trial, value) in valued.Where(item => item.Trial.Result.Outcome is Completed or OutOfBudget && study.IsFeasible(item.Trial)))
        {
            if (steps.Count > 0 && !study.Objective.IsBetter(value, steps[^1].Y))
                continue;
            if (steps.Count > 0)
                steps.Add((trial.Id.Number, steps[^1].Y));
            steps.Add((trial.Id.Number, value));
        }

        if (steps.Count > 0)
            plot.Line(steps.Append((valued[^1].Trial.Id.Number, steps[^1].Y)), "best", $"best so far, {Words.Of(steps[^1].Y)} in the end");
        foreach (var (trial, value) in Figure.Some(valued))
            plot.Point(trial.Id.Number, value, TrialWords.State(trial.Result.Outcome), Figure.Of(study, trial));
        return new("Optimisation history", "The value of every trial; the line is the best so far. Pruned trials stand where they were stopped.", [plot.Draw("value over trials")]);
    }
}
