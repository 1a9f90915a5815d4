using System.Globalization;
using Nola.Core.Experiments;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Nola.Client.Views;

/// <summary>An experiment as a screen that is drawn anew all the time: studies, running trials, budgets.</summary>
internal static class LiveScreen
{
    private const int MostStudies = 16;
    private const int MostTrials = 12;
    private const int WideScreen = 110;

    /// <summary>The screen at one moment.</summary>
    /// <param name="status">Where the experiment stands.</param>
    /// <param name="width">Columns of the terminal.</param>
    /// <param name="height">Lines of the terminal; what does not fit is counted, studies and trials alike.</param>
    public static IRenderable Render(ExperimentStatus status, int width, int height = int.MaxValue)
    {
        var names = StudyNames.Of([.. status.Studies.Select(study => study.Name)]);
        var barWidth = width < WideScreen ? 6 : 24;
        var bars = BudgetBars.Of(status.Budget, status.Elapsed).ToArray();
        var trials = Math.Min(status.Running.Length, MostTrials);
        // Headings, empty lines and the lines that count the rest.
        var left = height - bars.Length - 14;
        var studies = Math.Clamp(left - trials, 3, MostStudies);
        trials = Math.Clamp(left - Math.Min(studies, status.Studies.Length), 1, MostTrials);
        var parts = new List<IRenderable> { new Markup(Headline(status, names)), new Text(""), Studies(status, names, studies) };
        if (!status.Running.IsEmpty)
            parts.AddRange([new Text(""), Running(status, trials, barWidth)]);
        if (bars.Length > 0)
            parts.Add(new Text(""));
        parts.AddRange(bars.Select(bar => new Markup($"{bar.Name,-12} {Bar(bar.Share, barWidth)} {Markup.Escape(bar.Text)}")));
        if (status.Notice is { } notice)
            parts.Add(new Markup($"[yellow]{Markup.Escape(notice)}[/]"));
        return new Rows(parts);
    }

    private static string Headline(ExperimentStatus status, StudyNames names)
    {
        var counts = status.Counts;
        var parts = new[]
        {
            status.State.ToString().ToLowerInvariant(),
            Words.Of(status.Elapsed),
            string.Create(CultureInfo.InvariantCulture, $"{counts.Total} of {(status.Planned is { } planned ? planned : "?")} trials ended"),
            counts.Failed > 0 ? string.Create(CultureInfo.InvariantCulture, $"[red]{counts.Failed} failed[/]") : null,
            counts.Diverged > 0 ? string.Create(CultureInfo.InvariantCulture, $"[red]{counts.Diverged} diverged[/]") : null,
            names.Common.Length > 0 ? Markup.Escape(names.Common) : null,
        };
        return $"[bold]{Markup.Escape(status.Id)}[/]  {string.Join(", ", parts.Where(part => part is not null))}";
    }

    private static Table Studies(ExperimentStatus status, StudyNames names, int most)
    {
        var table = Tables.Of(">#", "study", ">trials", ">best " + status.Objective.Metric, "state");
        // Studies under way first, then those to come, then those done.
        var shown = status.Studies.OrderBy(study => study.Running > 0 && !study.IsDone ? 0 : study.IsDone ? 2 : 1).Take(most).Select(study => study.Index).ToHashSet();
        var best = Best(status, status.Studies.Select(study => Best(status, study)));
        foreach (var (study, name) in status.Studies.Zip(names.Own).Where(pair => shown.Contains(pair.First.Index)))
            table.AddRow(
                study.Index.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(name),
                string.Create(CultureInfo.InvariantCulture, $"{study.Counts.Total}{(study.Planned is { } planned ? $"/{planned}" : "")}"),
                Best(status, study) is { } value ? (value == best ? $"[green]* {Words.Of(value)}[/]" : Words.Of(value)) : "",
                State(status, study));
        if (status.Studies.Length > most)
            table.AddRow("", string.Create(CultureInfo.InvariantCulture, $"[grey]… and {status.Studies.Length - most} more[/]"), "", "", "");
        return table;
    }

    // Of its finished trials and of those that run.
    private static double? Best(ExperimentStatus status, StudyStatus study) =>
        Best(status, status.Running.Where(trial => trial.Id.Study == study.Index).Select(trial => trial.Best).Append(study.Best));

    private static double? Best(ExperimentStatus status, IEnumerable<double?> values) =>
        values.Aggregate((double?)null, (best, value) => value is { } some && (best is not { } old || status.Objective.IsBetter(some, old)) ? some : best);

    private static string State(ExperimentStatus status, StudyStatus study)
    {
        var running = status.Running.Count(trial => trial.Id.Study == study.Index && trial.Place.Length > 0);
        return study.IsDone ? "done"
            : running > 0 ? string.Create(CultureInfo.InvariantCulture, $"{running} running{(study.Paused > 0 ? $", {study.Paused} paused" : "")}")
            : $"[grey]{status.State switch { ExperimentState.Paused => "paused", ExperimentState.Running or ExperimentState.Queued => "waiting", _ => "not done" }}[/]";
    }

    private static Table Running(ExperimentStatus status, int most, int barWidth)
    {
        var wasLost = status.Running.Any(trial => trial.Attempt > 1);
        var table = Tables.Of("trial", "on", wasLost ? "doing, attempt" : "doing", "steps", ">loss", ">samples/s", ">left", ">best");
        table.Columns[3].NoWrap();
        foreach (var trial in status.Running.OrderBy(trial => trial.Place.Length == 0).ThenBy(trial => trial.Id.Study).ThenBy(trial => trial.Id.Number).Take(most))
            table.AddRow(
                Markup.Escape(TrialWords.Name(trial.Id)),
                Markup.Escape(Places.Short(trial.Place)),
                trial.Place.Length == 0 ? $"[grey]{(status.State == ExperimentState.Paused ? "paused" : "waiting")}[/]"
                    : Markup.Escape(trial.Attempt > 1 ? string.Create(CultureInfo.InvariantCulture, $"{trial.Progress?.Phase}, {trial.Attempt}") : trial.Progress?.Phase ?? ""),
                Steps(trial, barWidth),
                trial.Progress?.Loss is { } loss ? Words.Of(loss) : "",
                trial.Progress is { SamplesPerSecond: > 0 and var pace } ? pace.ToString("0", CultureInfo.InvariantCulture) : "",
                TrialWords.TimeLeft(trial) is { } left ? Words.Of(left) : "",
                trial.Best is { } best ? Words.Of(best) : "");
        if (status.Running.Length > most)
            table.AddRow(string.Create(CultureInfo.InvariantCulture, $"[grey]and {status.Running.Length - most} more[/]"), "", "", "", "", "", "", "");
        return table;
    }

    private static string Steps(RunningTrial trial, int barWidth) => trial.Progress switch
    {
        { PlannedSteps: > 0 and var planned, Step: var step } => string.Create(CultureInfo.InvariantCulture, $"{Bar((double)step / planned, barWidth)} {step}/{planned}"),
        { Step: > 0 and var step } => step.ToString(CultureInfo.InvariantCulture),
        _ => "",
    };

    private static string Bar(double share, int width)
    {
        var full = (int)Math.Round(Math.Clamp(share, 0, 1) * width);
        return $"[green]{new string('━', full)}[/][grey]{new string('─', width - full)}[/]";
    }
}
