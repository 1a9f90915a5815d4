using Nola.Client.Views;

namespace Nola.Client.Studies.Figures;

/// <summary>What trials measured on their way.</summary>
internal static class CurvesFigure
{
    private const int MostLines = 200;

    public static Figure? Of(StudyRecord study)
    {
        var curves = study.Trials
            .Select(trial => (Trial: trial, Points: trial.Measurements.Where(measurement => measurement.Metrics.ContainsKey(study.Objective.Metric)).Select(measurement => (X: (double)measurement.Step, Y: measurement.Metrics[study.Objective.Metric])).ToArray()))
            .Where(curve => curve.Points.Length > 1).ToArray();
        if (curves.Length == 0)
            return null;
        var all = curves.SelectMany(curve => curve.Points).ToArray();
        var plot = new Plot(Scale.FromZero(all.Max(point => point.X)), Scale.Around(all.Select(point => point.Y)), "step", study.Objective.Metric);
        foreach (var (trial, points) in Figure.Some(curves, MostLines))
        {
            plot.Line(points, "thread " + TrialWords.State(trial.Result.Outcome), Figure.Of(study, trial));
            if (trial.Result.Outcome is Core.Trials.Pruned)
                plot.Point(points[^1].X, points[^1].Y, "pruned", Figure.Of(study, trial), 2.5);
        }

        return new("Intermediate values", "What each trial measured over its steps; those that the pruner stopped end in a point.", [plot.Draw("intermediate values over steps")]);
    }
}
