using Nola.Core.Reports;
using Spectre.Console;

namespace Nola.Client.Reports;

/// <summary>A report as a table in a terminal.</summary>
internal static class ReportTable
{
    /// <summary>Writes it. In a narrow terminal the last columns form a second table.</summary>
    public static void Write(Report report, IAnsiConsole console)
    {
        console.MarkupLine($"[bold]{Markup.Escape(report.Experiment)}[/]  {Markup.Escape(ReportText.Headline(report))}");
        if (report.Notice is { } notice)
            console.MarkupLine($"[yellow]{Markup.Escape(notice)}[/]");
        var columns = ReportColumns.For(report);
        foreach (var part in Parts(report, columns, console.Profile.Width))
            console.Write(Table(report, part));
        console.MarkupLine($"[grey]{Markup.Escape(ReportText.Legend(report))}[/]");
    }

    private static Table Table(Report report, IReadOnlyList<ReportColumn> columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
            table.AddColumn(column.IsNumber ? new TableColumn(Markup.Escape(column.Title)).RightAligned().NoWrap() : new TableColumn(Markup.Escape(column.Title)));
        foreach (var row in report.Rows)
            table.AddRow([.. columns.Select(column => row.IsBest && column.Title == report.Objective.Metric
                ? $"[green]* {Markup.Escape(column.Cell(row))}[/]"
                : Markup.Escape(column.Cell(row)))]);
        return table;
    }

    // Each part begins with the study's name and fits the width.
    private static IEnumerable<IReadOnlyList<ReportColumn>> Parts(Report report, IReadOnlyList<ReportColumn> columns, int width)
    {
        var first = columns[0];
        List<ReportColumn> part = [first];
        var used = Width(first);
        foreach (var column in columns.Skip(1))
        {
            if (used + Width(column) > width && part.Count > 1)
            {
                yield return part;
                part = [first];
                used = Width(first);
            }

            part.Add(column);
            used += Width(column);
        }

        yield return part;

        int Width(ReportColumn column) => 4 + report.Rows.Select(row => column.Cell(row).Length + (column.Title == report.Objective.Metric ? 2 : 0)).Append(column.Title.Length).Max();
    }
}
