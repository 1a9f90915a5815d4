using System.Globalization;
using Nola.Client.Views;
using Nola.Core.Experiments;
using Nola.Core.Reports;

namespace Nola.Client.Reports;

/// <summary>The sentences around a report's rows.</summary>
internal static class ReportText
{
    /// <summary>State, trials, time and cost in one line.</summary>
    public static string Headline(Report report)
    {
        var counts = report.Outcomes;
        return string.Join(", ", new[]
        {
            report.State.ToString().ToLowerInvariant(),
            string.Create(CultureInfo.InvariantCulture, $"{counts.Total} trials in {Words.Of(report.Elapsed)}"),
            counts.Failed > 0 ? string.Create(CultureInfo.InvariantCulture, $"{counts.Failed} failed") : null,
            counts.Diverged > 0 ? string.Create(CultureInfo.InvariantCulture, $"{counts.Diverged} diverged") : null,
            report.Usage.TrainingTime > TimeSpan.Zero ? Words.Of(report.Usage.TrainingTime) + " of training" : null,
            report.Cost is { } cost ? Words.Of(Math.Round(cost, 4), report.Currency) : null,
        }.Where(part => part is not null));
    }

    /// <summary>What the numbers are.</summary>
    public static string Legend(Report report)
    {
        var better = report.Objective.Direction == Direction.Maximize ? "higher" : "lower";
        var split = report.Rows.Any(row => row.Dataset is not null) ? " on the test split" : "";
        return $"Mean (standard deviation) over seeds{split}; * best {report.Objective.Metric} ({better} is better) of its dataset. Columns: docs/report.md";
    }
}
