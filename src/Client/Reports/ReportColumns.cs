using System.Globalization;
using Nola.Client.Views;
using Nola.Core.Reports;

namespace Nola.Client.Reports;

/// <summary>One column of a report as people read it.</summary>
/// <param name="Title">Heading.</param>
/// <param name="IsNumber">Whether it is set to the right.</param>
/// <param name="Cell">Text of a row.</param>
internal sealed record ReportColumn(string Title, bool IsNumber, Func<ReportRow, string> Cell);

/// <summary>The columns of the table and of Markdown: the same, and only those that say something in this report.</summary>
internal static class ReportColumns
{
    /// <summary>Columns for a report, most important first.</summary>
    public static IReadOnlyList<ReportColumn> For(Report report)
    {
        var main = report.Objective.Metric;
        var others = report.Rows.SelectMany(row => row.Metrics.Keys).Distinct().Where(name => name != main && name is "accuracy" or "auroc" or "perplexity").Order(StringComparer.Ordinal);
        ReportColumn[] all =
        [
            new("study", false, row => row.Name),
            new("trials", true, row => Outcomes(row)),
            new(main, true, row => Metric(row, main)),
            .. others.Select(name => new ReportColumn(name, true, row => Metric(row, name))),
            new("best set", false, row => string.Join(", ", row.Parameters.Select(parameter => $"{parameter.Key} {Words.Of(parameter.Value)}"))),
            new("time to peak", true, row => row.SecondsToPeak is { Mean: > 0 } peak ? Words.Of(TimeSpan.FromSeconds(peak.Mean)) : ""),
            new("trained", true, row => row.ParameterCounts is { } counts ? Count(counts.Trainable) : ""),
            new("PEFT", true, row => row.ParameterCounts is { } counts ? Count(counts.Peft) : ""),
            new("total", true, row => row.ParameterCounts is { } counts ? Count(counts.Total) : ""),
            new("samples/s", true, row => row.SamplesPerSecond is { } pace ? pace.ToString("0", CultureInfo.InvariantCulture) : ""),
            new("memory", true, row => row.PeakMemory > 0 ? Bytes(row.PeakMemory) : ""),
            new("training", true, row => row.Usage.TrainingTime > TimeSpan.Zero ? Words.Of(row.Usage.TrainingTime) : ""),
            new("cost", true, row => row.Cost is { } cost ? Words.Of(Math.Round(cost, 4), report.Currency) : ""),
            new("efficiency", true, row => row.Efficiency is { } efficiency ? efficiency.ToString("0.000", CultureInfo.InvariantCulture) : ""),
        ];
        return [.. all.Where(column => report.Rows.Any(row => column.Cell(row).Length > 0))];
    }

    /// <summary>Mean with the standard deviation in brackets.</summary>
    public static string Metric(ReportRow row, string name) => !row.Metrics.TryGetValue(name, out var value) ? ""
        : value.Deviation is { } deviation ? $"{Words.Of(value.Mean)} ({Words.Of(deviation)})"
        : Words.Of(value.Mean);

    /// <summary><c>3</c> when all completed, else each outcome that occurred: <c>2, 1 failed</c>.</summary>
    private static string Outcomes(ReportRow row)
    {
        var counts = row.Outcomes;
        var others = new[]
        {
            (counts.OutOfBudget, "out of budget"), (counts.Pruned, "pruned"), (counts.Diverged, "diverged"), (counts.Failed, "failed"), (counts.Cancelled, "cancelled"),
        };
        return string.Join(", ", others.Where(other => other.Item1 > 0).Select(other => string.Create(CultureInfo.InvariantCulture, $"{other.Item1} {other.Item2}"))
            .Prepend(counts.Completed.ToString(CultureInfo.InvariantCulture)));
    }

    private static string Count(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Bytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0} MiB");
}
