using System.Text.Json;
using Nola.Client.Commands;
using Nola.Core.Reports;

namespace Nola.Client.Reports;

/// <summary>A report as JSON, as docs/report.schema.json describes it: times in seconds, memory in bytes, names in camelCase.</summary>
internal static class ReportJson
{
    /// <summary>Grows when a reader of older reports would misread newer ones.</summary>
    private const int SchemaVersion = 1;

    /// <summary>The text, without a line feed at its end.</summary>
    public static string Write(Report report) => JsonSerializer.Serialize(
        new
        {
            SchemaVersion,
            report.Experiment,
            report.Task,
            report.State,
            Objective = new { report.Objective.Metric, report.Objective.Direction },
            report.SubmittedAt,
            report.EndedAt,
            report.MeasuredOn,
            ElapsedSeconds = report.Elapsed.TotalSeconds,
            report.Outcomes,
            Usage = Usage(report.Usage),
            Cost = Rounded(report.Cost),
            report.Currency,
            report.Notice,
            report.Provenance,
            Failures = report.Failures.Select(failure => new { failure.Study, failure.Trial, failure.Outcome }),
            Studies = report.Rows.Select(row => new
            {
                row.Study,
                row.Name,
                row.Model,
                row.Dataset,
                row.Method,
                row.Budget,
                row.IsBest,
                row.Outcomes,
                Infeasible = row.Infeasible > 0 ? row.Infeasible : (int?)null,
                Parameters = row.Parameters.ToDictionary(parameter => parameter.Key, parameter => parameter.Value),
                row.Metrics,
                row.SecondsToPeak,
                row.ParameterCounts,
                row.PeakMemory,
                row.SamplesPerSecond,
                Usage = Usage(row.Usage),
                Cost = Rounded(row.Cost),
                row.Efficiency,
            }),
        },
        JsonOutput.Options);

    // Digits beyond these are those of the division by 3600.
    private static decimal? Rounded(decimal? cost) => cost is { } amount ? Math.Round(amount, 8) : null;

    private static object Usage(Core.Trials.Usage usage) => new
    {
        TrainingSeconds = usage.TrainingTime.TotalSeconds,
        InferenceSeconds = usage.InferenceTime.TotalSeconds,
        DeviceSeconds = usage.DeviceTime.TotalSeconds,
        usage.Samples,
        usage.Steps,
        usage.Tokens,
        usage.Requests,
        usage.Money,
    };
}
