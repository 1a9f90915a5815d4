using Nola.Client.Commands;
using Nola.Reasoning.Analyses;

namespace Nola.Client.Reports.Analyses;

/// <summary>The analyses as JSON.</summary>
internal static class AnalysisJson
{
    /// <summary>Grows when a reader of older analyses would misread newer ones.</summary>
    private const int SchemaVersion = 1;

    /// <summary>The text, without a line feed at its end.</summary>
    public static string Write(ReasoningAnalysis analysis) => JsonOutput.Text(new
    {
        SchemaVersion,
        Studies = analysis.Studies.Select(rates => new
        {
            rates.Study.Experiment,
            Study = rates.Study.Index,
            rates.Study.Name,
            rates.Study.Task,
            rates.Study.Model,
            rates.Study.Dataset,
            rates.Study.Method,
            rates.Study.Budget,
            rates.All,
            By = rates.Numbers.ToDictionary(table => table.Number, table => new { table.Spearman, table.Groups }),
            ByConstruct = rates.Tags,
            ByOutputType = rates.OutputTypes,
        }),
        Comparisons = analysis.Comparisons.Select(comparison => new { comparison.Kind, First = comparison.First.Name, Second = comparison.Second.Name, comparison.Change }),
        analysis.Rankings,
    });
}
