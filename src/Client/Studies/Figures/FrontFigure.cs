using System.Net;
using Nola.Client.Views;
using Nola.Core.Experiments;

namespace Nola.Client.Studies.Figures;

/// <summary>Sets by several objectives, two at a time.</summary>
internal static class FrontFigure
{
    public static Figure? Of(Front front)
    {
        // An objective that is the same for all sets divides none.
        var varied = Enumerable.Range(0, front.Objectives.Length).Where(index => front.Points.Select(point => point.Values[index]).Distinct().Count() > 1).ToArray();
        if (varied.Length < 2 || front.Points.Length < 2)
            return null;
        return new(
            "Pareto front",
            $"Filled points are the {(front.Points.All(point => point.IsFeasible) ? "" : "feasible ")}sets that no other beats in {WebUtility.HtmlEncode(string.Join(" and ", front.Objectives.Select(objective => $"{objective.Metric} ({(objective.Direction == Direction.Maximize ? "more" : "less")} is better)")))}.",
            [.. varied.Skip(1).Select(index => Draw(front, index, varied[0]))]);
    }

    private static string Draw(Front front, int across, int up)
    {
        var plot = new Plot(Scale.Around(front.Points.Select(point => point.Values[across])), Scale.Around(front.Points.Select(point => point.Values[up])), front.Objectives[across].Metric, front.Objectives[up].Metric);
        foreach (var point in Figure.Some(front.Points.Where(point => !point.IsBest).ToArray()))
            plot.Point(point.Values[across], point.Values[up], "beaten", Of(front, point), 3);
        if (front.Objectives.Length == 2)
            plot.Line(front.Best.OrderBy(point => point.Values[across]).ThenBy(point => point.Values[up]).Select(point => (point.Values[across], point.Values[up])), "best");
        foreach (var point in front.Best)
            plot.Point(point.Values[across], point.Values[up], "one", Of(front, point), 4.5);
        return plot.Draw($"{front.Objectives[up].Metric} over {front.Objectives[across].Metric}");
    }

    private static string Of(Front front, FrontPoint point) =>
        $"trials {string.Join(", ", point.Set.Valued.Select(trial => trial.Id.Number))}: {string.Join(", ", front.Objectives.Select((objective, index) => $"{objective.Metric} {Words.Of(point.Values[index])}"))}\n{Figure.Of(point.Set.Parameters)}";
}
