using Nola.Core.Reports;

namespace Nola.Client.Reports;

/// <summary>A report as comma-separated values: one line per study, plain numbers in SI units and bytes.</summary>
internal static class ReportCsv
{
    /// <summary>The text with a header line.</summary>
    public static string Write(Report report)
    {
        var metrics = report.Rows.SelectMany(row => row.Metrics.Keys).Distinct().OrderBy(name => name != report.Objective.Metric).ThenBy(name => name, StringComparer.Ordinal).ToArray();
        var parameters = report.Rows.SelectMany(row => row.Parameters.Keys).Distinct().Order(StringComparer.Ordinal).ToArray();
        var isBound = report.Rows.Any(row => row.Infeasible > 0);
        return CsvTable.Write(
            [
                "study", "model", "dataset", "method", "budget", "best", .. metrics.SelectMany(name => new[] { name, name + " sd" }), "seeds", .. parameters,
                "completed", "pruned", "out of budget", "diverged", "failed", "cancelled", .. isBound ? ["infeasible"] : Array.Empty<string>(), "seconds to peak", "trained parameters", "PEFT parameters",
                "total parameters", "peak memory bytes", "samples per second", "training seconds", "inference seconds", "device seconds",
                "cost" + (report.Currency is { } currency ? " " + currency : ""), "efficiency",
            ],
            report.Rows.Select(row => Cells(row, report, metrics, parameters, isBound)));
    }

    private static object?[] Cells(ReportRow row, Report report, string[] metrics, string[] parameters, bool isBound) =>
    [
        row.Study, row.Model, row.Dataset, row.Method, row.Budget, row.IsBest ? 1 : 0,
        .. metrics.SelectMany(name => row.Metrics.TryGetValue(name, out var value) ? new object?[] { value.Mean, value.Deviation } : [null, null]),
        row.Metrics.TryGetValue(report.Objective.Metric, out var main) ? main.Count : 0,
        .. parameters.Select(name => row.Parameters.TryGetValue(name, out var value) ? value.ToString() : null),
        row.Outcomes.Completed, row.Outcomes.Pruned, row.Outcomes.OutOfBudget, row.Outcomes.Diverged, row.Outcomes.Failed, row.Outcomes.Cancelled, .. isBound ? [row.Infeasible] : Array.Empty<object?>(),
        row.SecondsToPeak?.Mean, row.ParameterCounts?.Trainable, row.ParameterCounts?.Peft, row.ParameterCounts?.Total, row.PeakMemory, row.SamplesPerSecond,
        row.Usage.TrainingTime.TotalSeconds, row.Usage.InferenceTime.TotalSeconds, row.Usage.DeviceTime.TotalSeconds, row.Cost is { } cost ? Math.Round(cost, 8) : null, row.Efficiency,
    ];
}
