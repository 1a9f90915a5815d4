using Nola.Client.Views;
using Nola.Core.Reports;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Nola.Client.Reports;

/// <summary>A report as a table in a terminal.</summary>
internal static class ReportTable
{
    /// <summary>The report. In a narrow terminal what the results took forms a second table, and more where that is too wide, too.</summary>
    public static IRenderable Render(Report report, int width)
    {
        var parts = new List<IRenderable> { new Markup($"[bold]{Markup.Escape(report.Experiment)}[/]  {Markup.Escape(ReportText.Headline(report))}") };
        if (report.Notice is { } notice)
            parts.Add(new Markup($"[yellow]{Markup.Escape(notice)}[/]"));
        foreach (var columns in Parts(report, ReportColumns.For(report), width))
            parts.AddRange([new Text(""), Table(report, columns)]);
        parts.Add(new Text(""));
        parts.AddRange(ReportText.Failures(report).Select(line => new Markup($"[red]{Markup.Escape(line)}[/]")));
        parts.Add(new Markup($"[grey]{Markup.Escape(ReportText.Legend(report))}[/]"));
        return new Rows(parts);
    }

    private static Table Table(Report report, IReadOnlyList<ReportColumn> columns)
    {
        var table = Tables.Of(columns.Select(column => column.IsNumber ? ">" + column.Title : column.Title));
        foreach (var row in report.Rows)
            table.AddRow([.. columns.Select(column => row.IsBest && column.IsObjective
                ? $"[green]* {Markup.Escape(column.Cell(row))}[/]"
                : Markup.Escape(column.Cell(row)))]);
        return table;
    }

    // Each part begins with the study's name and fits the width.
    private static IEnumerable<IReadOnlyList<ReportColumn>> Parts(Report report, IReadOnlyList<ReportColumn> columns, int width)
    {
        width -= Tables.Edges;
        if (columns.Sum(Width) <= width)
            return [columns];
        var first = columns[0];
        return new[] { columns.Skip(1).Where(column => !column.IsEffort), columns.Where(column => column.IsEffort) }.SelectMany(Fit);

        IEnumerable<IReadOnlyList<ReportColumn>> Fit(IEnumerable<ReportColumn> group)
        {
            List<ReportColumn> part = [first];
            foreach (var column in group)
            {
                if (part.Count > 1 && part.Sum(Width) + Width(column) > width)
                {
                    yield return part;
                    part = [first];
                }

                part.Add(column);
            }

            if (part.Count > 1)
                yield return part;
        }

        int Width(ReportColumn column) => Tables.Gap + report.Rows.Select(row => column.Cell(row).Length + (column.IsObjective && row.IsBest ? 2 : 0)).Append(column.Title.Length).Max();
    }
}
