using System.Globalization;
using System.Net;
using System.Text;
using Nola.Client.Views;
using Nola.Core.Experiments;
using Nola.Core.Reports;

namespace Nola.Client.Studies.Figures;

/// <summary>A study as one HTML file that needs nothing else: what was best, and the figures.</summary>
internal static class StudyPage
{
    private const int MostSets = 10;

    /// <summary>The page.</summary>
    /// <param name="study">The study.</param>
    /// <param name="objectives">Objectives of the Pareto front.</param>
    public static string Write(StudyRecord study, ImmutableArray<Objective> objectives)
    {
        var importances = study.Space.IsEmpty ? new(0, []) : Importances.Of(study);
        var axes = importances.Parameters.Select(parameter => new ParameterAxis(study.Space.First(searched => searched.Name == parameter.Parameter))).ToArray();
        Figure?[] figures =
        [
            HistoryFigure.Of(study), ImportanceFigure.Of(importances), CurvesFigure.Of(study), TimelineFigure.Of(study), FrontFigure.Of(Front.Of(study, objectives)),
            ParallelFigure.Of(study, axes), SliceFigure.Of(study, axes), ContourFigure.Of(study, axes),
        ];
        var text = new StringBuilder($"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{Encode(study.Title)}</title>\n<style>\n{PageStyle.Text}\n</style>\n</head>\n<body>\n<main>\n");
        text.Append($"<header><h1>{Encode(study.Title)}</h1><p>{Encode(Headline(study))}</p>{Legend(study)}</header>\n");
        text.Append(Best(study));
        foreach (var figure in figures.OfType<Figure>())
            text.Append($"<figure{(figure.IsWide ? " class=\"wide\"" : "")}>\n<h2>{figure.Title}</h2>\n<div>{string.Join('\n', figure.Drawings)}</div>\n<figcaption>{figure.Caption}</figcaption>\n</figure>\n");
        return text.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static string Headline(StudyRecord study)
    {
        var counts = study.Trials.Aggregate(OutcomeCounts.None, (sum, trial) => sum.Add(trial.Result.Outcome));
        var parts = new[]
        {
            $"{study.Spec.Name}",
            $"{(study.Objective.Direction == Direction.Maximize ? "highest" : "lowest")} {study.Objective.Metric}",
            $"{study.Spec.Search?.Sampler ?? "fixed settings"}{(study.Spec.Search?.Pruner is { } pruner ? $" with {pruner}" : "")}",
            Words.Count(counts.Total, "finished trial") + (study.Running.IsEmpty ? "" : string.Create(CultureInfo.InvariantCulture, $", {study.Running.Length} in flight")),
            study.Trials.Length > Figure.MostMarks ? $"figures show an even selection of {Figure.MostMarks}" : "",
        };
        return string.Join(" · ", parts.Where(part => part.Length > 0));
    }

    private static string Legend(StudyRecord study) => $"<p class=\"legend\">{string.Concat(study.Trials.Select(trial => TrialWords.State(trial.Result.Outcome)).GroupBy(state => state).OrderByDescending(group => group.Count()).Select(group => $"<span><span class=\"key {group.Key}\"></span> {group.Count()} {group.Key.Replace('-', ' ')}</span>"))}</p>";

    private static string Best(StudyRecord study)
    {
        var sets = study.Sets.Where(set => set.Value is not null && study.IsFeasible(set)).ToArray();
        var best = study.Best;
        if (best.IsEmpty)
            return study.Trials.Any(trial => !study.IsFeasible(trial)) ? "<p>No trial keeps the constraints.</p>\n" : "<p>No trial has a value yet.</p>\n";
        var names = study.Space.Select(parameter => parameter.Name).ToArray();
        var text = new StringBuilder($"<section class=\"wide\"><h2>Best sets</h2><div class=\"scroll\"><table><thead><tr><th>trials</th><th>{Encode(study.Objective.Metric)}</th>{string.Concat(names.Select(name => $"<th>{Encode(name)}</th>"))}</tr></thead><tbody>\n");
        foreach (var set in sets.OrderByDescending(set => set.Trials.Contains(best[0])).ThenBy(set => study.Objective.Direction == Direction.Maximize ? -set.Value : set.Value).Take(MostSets))
            text.Append($"<tr><td>{string.Join(", ", set.Valued.Select(trial => trial.Id.Number))}</td><td>{Words.Of(Statistic.Of(set.Valued.Select(trial => trial.Result.Objective!.Value)))}</td>{string.Concat(names.Select(name => $"<td>{(set.Parameters.TryGetValue(name, out var value) ? Encode(Words.Of(value)) : "")}</td>"))}</tr>\n");
        return text.Append("</tbody></table></div></section>\n").ToString();
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
