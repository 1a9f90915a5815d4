using System.Text;
using Nola.Core.Reports;

namespace Nola.Client.Reports;

/// <summary>A report as a Markdown table.</summary>
internal static class ReportMarkdown
{
    /// <summary>The text, ended by a line feed.</summary>
    public static string Write(Report report)
    {
        var columns = ReportColumns.For(report);
        var text = new StringBuilder();
        text.Append("## ").Append(report.Experiment).Append("\n\n").Append(ReportText.Headline(report)).Append(".\n\n");
        if (report.Notice is { } notice)
            text.Append(notice).Append("\n\n");
        Line(columns.Select(column => column.Title));
        Line(columns.Select(column => column.IsNumber ? "---:" : "---"));
        foreach (var row in report.Rows)
            Line(columns.Select(column => row.IsBest && column.IsObjective ? $"**{Escape(column.Cell(row))}**" : Escape(column.Cell(row))));
        text.Append(string.Concat(ReportText.Failures(report).Select((line, index) => $"{(index == 0 ? "\n" : "")}- {line}\n")));
        return text.Append('\n').Append(ReportText.Legend(report).Replace("* best", "bold: best", StringComparison.Ordinal)).Append('\n').ToString();

        void Line(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }

    private static string Escape(string cell) => cell.Replace("|", "\\|", StringComparison.Ordinal);
}
