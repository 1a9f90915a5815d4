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
    private const int BarWidth = 24;

    /// <summary>The screen at one moment.</summary>
    public static IRenderable Render(ExperimentStatus status)
    {
        var parts = new List<IRenderable>
        {
            new Markup(string.Create(CultureInfo.InvariantCulture, $"[bold]{Markup.Escape(status.Id)}[/]  {status.State.ToString().ToLowerInvariant()}, {Words.Of(status.Elapsed)}, {status.Counts.Total} of {(status.Planned is { } planned ? planned : "?")} trials ended{Bad(status)}")),
            Studies(status),
        };
        if (!status.Running.IsEmpty)
            parts.Add(Running(status));
        parts.AddRange(BudgetBars.Of(status.Budget, status.Elapsed).Select(bar => new Markup($"{bar.Name,-12} {Bar(bar.Share)} {Markup.Escape(bar.Text)}")));
        if (status.Notice is { } notice)
            parts.Add(new Markup($"[yellow]{Markup.Escape(notice)}[/]"));
        return new Rows(parts);
    }

    private static string Bad(ExperimentStatus status)
    {
        var counts = status.Counts;
        return counts.Failed + counts.Diverged == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", [red]{counts.Failed} failed, {counts.Diverged} diverged[/]");
    }

    private static Table Studies(ExperimentStatus status)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns(
            new TableColumn("study"), new TableColumn("trials").RightAligned(), new TableColumn(status.Objective.Metric).RightAligned(), new TableColumn("state"));
        // Studies under way first, then those to come, then those done.
        var shown = status.Studies.OrderBy(study => study.Running > 0 ? 0 : study.IsDone ? 2 : 1).Take(MostStudies).Select(study => study.Index).ToHashSet();
        var best = status.Studies.Where(study => study.Best is not null).Select(study => study.Best!.Value).DefaultIfEmpty(double.NaN)
            .Aggregate((a, b) => status.Objective.IsBetter(b, a) ? b : a);
        foreach (var study in status.Studies.Where(study => shown.Contains(study.Index)))
            table.AddRow(
                Markup.Escape(study.Name),
                string.Create(CultureInfo.InvariantCulture, $"{study.Counts.Total}{(study.Planned is { } planned ? $"/{planned}" : "")}"),
                study.Best is { } value ? (value == best ? $"[green]{Words.Of(value)}[/]" : Words.Of(value)) : "",
                study.IsDone ? "done" : study.Running > 0 ? string.Create(CultureInfo.InvariantCulture, $"{study.Running} running") : "[grey]waiting[/]");
        if (status.Studies.Length > MostStudies)
            table.AddRow(string.Create(CultureInfo.InvariantCulture, $"[grey]… and {status.Studies.Length - MostStudies} more[/]"), "", "", "");
        return table;
    }

    private static Table Running(ExperimentStatus status)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("trial", "where", "doing", "progress");
        foreach (var trial in status.Running.OrderBy(trial => trial.Place.Length == 0).Take(MostTrials))
            table.AddRow(
                string.Create(CultureInfo.InvariantCulture, $"{trial.Id.Study}/{trial.Id.Number}{(trial.Attempt > 1 ? $" attempt {trial.Attempt}" : "")}"),
                trial.Place.Length == 0 ? "[grey]waits for a slot[/]" : Markup.Escape(trial.Place),
                Markup.Escape(trial.Progress?.Phase ?? ""),
                (trial.Progress is { PlannedSteps: > 0 and var planned, Step: var step } ? Bar((double)step / planned) + " " : "") + Markup.Escape(TrialWords.Progress(trial)));
        if (status.Running.Length > MostTrials)
            table.AddRow(string.Create(CultureInfo.InvariantCulture, $"[grey]… and {status.Running.Length - MostTrials} more[/]"), "", "", "");
        return table;
    }

    private static string Bar(double share)
    {
        var full = (int)Math.Round(Math.Clamp(share, 0, 1) * BarWidth);
        return $"[green]{new string('━', full)}[/][grey]{new string('━', BarWidth - full)}[/]";
    }
}
