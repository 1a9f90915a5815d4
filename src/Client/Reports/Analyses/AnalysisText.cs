using System.Text;
using Nola.Client.Views;
using Nola.Reasoning.Analyses;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Nola.Client.Reports.Analyses;

/// <summary>The analyses in each format.</summary>
internal static class AnalysisText
{
    private const string Legend = "Intervals are percentiles of 2000 bootstrap resamples of problems; p is of McNemar's exact test. Definitions: docs/reasoning.md";

    /// <summary>Writes them.</summary>
    /// <param name="analysis">The analyses.</param>
    /// <param name="format">table, md, csv or json.</param>
    /// <param name="terminal">Where to.</param>
    public static void Write(ReasoningAnalysis analysis, string format, Terminal terminal)
    {
        switch (format)
        {
            case "md":
                terminal.Output.Write(Markdown(analysis));
                break;
            case "csv":
                terminal.Output.Write(AnalysisCsv.Write(analysis));
                break;
            case "json":
                terminal.Say(AnalysisJson.Write(analysis));
                break;
            default:
                terminal.Show(Table(analysis));
                break;
        }
    }

    private static string Headline(ReasoningAnalysis analysis)
    {
        var experiments = string.Join(", ", analysis.Studies.Select(rates => rates.Study.Experiment).Distinct());
        var common = StudyNames.Of([.. analysis.Studies.Select(rates => rates.Study.Name)]).Common;
        return common.Length > 0 ? $"{experiments}: {common}" : experiments;
    }

    private static Rows Table(ReasoningAnalysis analysis)
    {
        var parts = new List<IRenderable> { new Markup($"[bold]{Markup.Escape(Headline(analysis))}[/]") };
        foreach (var table in AnalysisTables.Of(analysis))
        {
            var drawn = Tables.Of(table.Headings);
            foreach (var row in table.Rows)
                drawn.AddRow([.. row.Select(Markup.Escape)]);
            parts.AddRange([new Text(""), new Markup($"[bold]{Markup.Escape(table.Title)}[/]"), drawn]);
        }

        return new(parts.Append(new Text("")).Append(new Markup($"[grey]{Markup.Escape(Legend)}[/]")));
    }

    private static string Markdown(ReasoningAnalysis analysis)
    {
        var text = new StringBuilder($"## {Headline(analysis)}\n");
        foreach (var table in AnalysisTables.Of(analysis))
        {
            text.Append($"\n### {table.Title}\n\n");
            Line(table.Headings.Select(heading => heading.TrimStart('>')));
            Line(table.Headings.Select(heading => heading.StartsWith('>') ? "---:" : "---"));
            foreach (var row in table.Rows)
                Line(row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)));
        }

        return text.Append($"\n{Legend}\n").ToString();

        void Line(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }
}
