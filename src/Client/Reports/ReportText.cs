using System.Globalization;
using Nola.Client.Views;
using Nola.Core.Experiments;
using Nola.Core.Reports;

namespace Nola.Client.Reports;

/// <summary>The sentences around a report's rows.</summary>
internal static class ReportText
{
    private const int MostFailures = 5;

    /// <summary>State, what all studies have in common, trials, time and cost in one line.</summary>
    public static string Headline(Report report)
    {
        var counts = report.Outcomes;
        var common = StudyNames.Of([.. report.Rows.Select(row => row.Name)]).Common;
        return string.Join(", ", new[]
        {
            report.State.ToString().ToLowerInvariant(),
            common.Length > 0 ? common : null,
            $"{Words.Count(counts.Total, "trial")} in {Words.Of(report.Elapsed)}",
            counts.Failed > 0 ? string.Create(CultureInfo.InvariantCulture, $"{counts.Failed} failed") : null,
            counts.Diverged > 0 ? string.Create(CultureInfo.InvariantCulture, $"{counts.Diverged} diverged") : null,
            counts.Cancelled > 0 ? string.Create(CultureInfo.InvariantCulture, $"{counts.Cancelled} cancelled") : null,
            report.Usage.TrainingTime > TimeSpan.Zero ? Words.Of(report.Usage.TrainingTime) + " of training" : null,
            report.Cost is { } cost ? Words.Of(Math.Round(cost, 4), report.Currency) : null,
        }.Where(part => part is not null));
    }

    /// <summary>Why trials failed, the first few, each in one line.</summary>
    public static IEnumerable<string> Failures(Report report)
    {
        foreach (var failure in report.Failures.Take(MostFailures))
            yield return string.Create(CultureInfo.InvariantCulture, $"trial {failure.Study}/{failure.Trial} {Words.Of(failure.Outcome)}");
        if (report.Failures.Length > MostFailures)
            yield return $"and {Words.Count(report.Failures.Length - MostFailures, "more trial")}; all are shown by: nola show {report.Experiment} --study NUMBER";
    }

    /// <summary>What the numbers are.</summary>
    public static string Legend(Report report)
    {
        var better = report.Objective.Direction == Direction.Maximize ? "higher" : "lower";
        var split = report.MeasuredOn.Length > 0 ? " on " + report.MeasuredOn : "";
        return $"Mean (standard deviation) over seeds{split}; * best {report.Objective.Metric}{(split.Length > 0 ? " of its dataset" : "")}, {better} is better. Columns: docs/report.md";
    }
}
