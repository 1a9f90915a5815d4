using System.Globalization;
using Nola.Client.Views;
using Nola.Core.Reports;

namespace Nola.Client.Reports;

/// <summary>One column of a report as people read it.</summary>
/// <param name="Title">Heading.</param>
/// <param name="IsNumber">Whether it is set to the right.</param>
/// <param name="Cell">Text of a row.</param>
/// <param name="IsObjective">Whether it holds what the experiment optimises.</param>
/// <param name="IsEffort">Whether it tells what the result took, not how good it is.</param>
internal sealed record ReportColumn(string Title, bool IsNumber, Func<ReportRow, string> Cell, bool IsObjective = false, bool IsEffort = false);

/// <summary>The columns of the table and of Markdown: the same, and only those that say something in this report.</summary>
internal static class ReportColumns
{
    // Metrics that stand beside the objective; the others are in CSV and JSON.
    private static readonly string[] Shown =
        ["accuracy", "auroc", "type-match", "value-match", "synthesis-rate", "reasoning-rate", "pass@5"];

    /// <summary>Columns for a report, most important first; the first names the study.</summary>
    public static IReadOnlyList<ReportColumn> For(Report report)
    {
        var main = report.Objective.Metric;
        var names = StudyNames.Of([.. report.Rows.Select(row => row.Name)]).Own;
        var others = report.Rows.SelectMany(row => row.Metrics.Keys).Distinct().Where(name => name != main && (Shown.Contains(name) || name.StartsWith("perplexity", StringComparison.Ordinal))).Order(StringComparer.Ordinal);
        ReportColumn[] all =
        [
            new("study", false, row => names[row.Study]),
            new("trials", true, Outcomes),
            new("infeasible", true, row => row.Infeasible > 0 ? row.Infeasible.ToString(CultureInfo.InvariantCulture) : ""),
            new(main, true, row => Metric(row, main), IsObjective: true),
            .. others.Select(name => new ReportColumn(name, true, row => Metric(row, name))),
            new("best set", false, row => string.Join(", ", row.Parameters.Select(parameter => $"{parameter.Key} {Words.Of(parameter.Value)}"))),
            Effort("problems", row => Count(row, "problems")),
            Effort("unanswered", row => Count(row, "unanswered")),
            Effort("unjudged", row => Count(row, "unjudged")),
            Effort("requests", row => row.Usage.Requests > 0 ? Words.Short(row.Usage.Requests) : ""),
            Effort("tokens", row => row.Metrics.ContainsKey("problems") && row.Usage.Tokens > 0 ? Words.Short(row.Usage.Tokens) : ""),
            Effort("time to peak", row => row.SecondsToPeak is { Mean: > 0 } peak ? Words.Of(TimeSpan.FromSeconds(peak.Mean)) : ""),
            Effort("trained", row => row.ParameterCounts is { } counts ? Words.Short(counts.Trainable) : ""),
            Effort("PEFT", row => row.ParameterCounts is { } counts ? Words.Short(counts.Peft) : ""),
            Effort("total", row => row.ParameterCounts is { } counts ? Words.Short(counts.Total) : ""),
            Effort("memory", row => row.PeakMemory > 0 ? Bytes(row.PeakMemory) : ""),
            Effort("samples/s", row => row.SamplesPerSecond is { } pace ? pace.ToString(pace < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) : ""),
            Effort("device time", row => row.Usage.DeviceTime > TimeSpan.Zero ? Words.Of(row.Usage.DeviceTime) : ""),
            Effort("cost " + report.Currency, row => row.Cost is { } cost ? cost.ToString("0.0000", CultureInfo.InvariantCulture) : ""),
            Effort("efficiency", row => row.Efficiency is { } efficiency ? efficiency.ToString("0.000", CultureInfo.InvariantCulture) : ""),
        ];
        return [.. all.Where(column => report.Rows.Any(row => column.Cell(row).Length > 0))];
    }

    private static string Metric(ReportRow row, string name) => row.Metrics.TryGetValue(name, out var value) ? Words.Of(value) : "";

    private static string Count(ReportRow row, string name) =>
        row.Metrics.TryGetValue(name, out var value) && value.Mean > 0 ? value.Mean.ToString("0.#", CultureInfo.InvariantCulture) : "";

    private static ReportColumn Effort(string title, Func<ReportRow, string> cell) => new(title, true, cell, IsEffort: true);

    // "3" when all completed, else each outcome that occurred: "2 completed, 1 failed".
    private static string Outcomes(ReportRow row)
    {
        var counts = row.Outcomes;
        if (counts.Completed == counts.Total)
            return counts.Total.ToString(CultureInfo.InvariantCulture);
        var all = new[]
        {
            (counts.Completed, "completed"), (counts.OutOfBudget, "out of budget"), (counts.Pruned, "pruned"), (counts.Diverged, "diverged"), (counts.Failed, "failed"), (counts.Cancelled, "cancelled"),
        };
        return string.Join(", ", all.Where(outcome => outcome.Item1 > 0).Select(outcome => string.Create(CultureInfo.InvariantCulture, $"{outcome.Item1} {outcome.Item2}")));
    }

    private static string Bytes(long bytes) => bytes < 10L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0} MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.0} GiB");
}
