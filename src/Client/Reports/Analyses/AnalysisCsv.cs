using System.Globalization;
using Nola.Client.Commands;
using Nola.Reasoning.Analyses;

namespace Nola.Client.Reports.Analyses;

/// <summary>The analyses as comma-separated values: one line per number with its interval; the first column tells which analysis it is of.</summary>
internal static class AnalysisCsv
{
    /// <summary>The text with a header line.</summary>
    public static string Write(ReasoningAnalysis analysis)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        CsvRecords.Write(text, analysis.Studies.SelectMany(Lines).Concat(analysis.Comparisons.Select(LineOf)).Concat(analysis.Rankings.Select(LineOf)));
        return text.ToString();
    }

    private static IEnumerable<Line> Lines(StudyRates rates)
    {
        var name = rates.Study.Name;
        return new[] { rates.All }.OfType<GroupRate>().Select(rate => LineOf("all", name, rate))
            .Concat(rates.Numbers.SelectMany(table => table.Groups.Select(rate => LineOf(table.Number, name, rate) with { Spearman = table.Spearman })))
            .Concat(rates.Tags.Select(rate => LineOf("construct", name, rate)))
            .Concat(rates.OutputTypes.Select(rate => LineOf("output type", name, rate)));
    }

    private static Line LineOf(string analysis, string study, GroupRate rate) => new(analysis, study, null, rate.Group, rate.Count, rate.Rate.Value, rate.Rate.Low, rate.Rate.High)
    {
        TypeMatch = rate.TypeMatch, ValueMatch = rate.ValueMatch,
    };

    private static Line LineOf(Comparison comparison) => new(
        JsonOutput.Text(comparison.Kind).Trim('"'), comparison.First.Name, comparison.Second.Name, null, comparison.Change.Count, comparison.Change.Before, comparison.Change.Change.Low, comparison.Change.Change.High)
    {
        SecondRate = comparison.Change.After,
        Change = comparison.Change.Change.Value,
        OnlyFirst = comparison.Change.Test.OnlyFirst,
        OnlySecond = comparison.Change.Test.OnlySecond,
        P = comparison.Change.Test.PValue,
    };

    private static Line LineOf(RankingPair pair) => new($"ranking of {JsonOutput.Text(pair.Of).Trim('"')}", pair.First, pair.Second, null, pair.Agreement.Count, null, null, null)
    {
        Spearman = pair.Agreement.Spearman, Kendall = pair.Agreement.Kendall,
    };

    // Low and high are those of the rate, or of the change where there is one.
    private sealed record Line(string Analysis, string First, string? Second, string? Group, int Count, double? Rate, double? Low, double? High)
    {
        public double? TypeMatch { get; init; }
        public double? ValueMatch { get; init; }
        public double? SecondRate { get; init; }
        public double? Change { get; init; }
        public int? OnlyFirst { get; init; }
        public int? OnlySecond { get; init; }
        public double? P { get; init; }
        public double? Spearman { get; init; }
        public double? Kendall { get; init; }
    }
}
