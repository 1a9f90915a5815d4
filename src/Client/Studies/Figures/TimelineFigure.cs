using Nola.Client.Views;

namespace Nola.Client.Studies.Figures;

/// <summary>When each trial ran.</summary>
internal static class TimelineFigure
{
    public static Figure? Of(StudyRecord study)
    {
        var trials = Figure.Some(study.Trials.Where(trial => trial.EndedAt > trial.StartedAt && trial.StartedAt > DateTimeOffset.UnixEpoch).OrderBy(trial => trial.StartedAt).ToArray());
        if (trials.Length == 0)
            return null;
        var begin = trials[0].StartedAt;
        var (unit, name) = (trials.Max(trial => trial.EndedAt) - begin).TotalSeconds switch { < 300 => (1.0, "seconds"), < 18_000 => (60.0, "minutes"), _ => (3600.0, "hours") };
        // Each trial takes the first row that is free.
        var rows = new List<DateTimeOffset>();
        var places = trials.Select(trial =>
        {
            var row = rows.FindIndex(free => free <= trial.StartedAt);
            if (row < 0)
                (row, _) = (rows.Count, Add(rows));
            rows[row] = trial.EndedAt;
            return row;
        }).ToArray();
        var plot = new Plot(Scale.FromZero((trials.Max(trial => trial.EndedAt) - begin).TotalSeconds / unit), new LinearScale(0, rows.Count), $"{name} since the first trial began", "trials at once", height: Math.Clamp(80 + 24 * rows.Count, 140, 420));
        foreach (var (trial, row) in trials.Zip(places))
            plot.Box((trial.StartedAt - begin).TotalSeconds / unit, row + 0.08, (trial.EndedAt - begin).TotalSeconds / unit, row + 0.92, "bar " + TrialWords.State(trial.Result.Outcome), $"{Figure.Of(study, trial)}\n{Words.Of(trial.EndedAt - trial.StartedAt)} on {Places.Short(trial.Place)}");
        return new("Timeline", "When each trial ran, one above the other where several ran at once.", [plot.Draw("timeline of trials")]);

        static bool Add(List<DateTimeOffset> rows)
        {
            rows.Add(default);
            return true;
        }
    }
}
