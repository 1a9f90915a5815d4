using Spectre.Console;
using Spectre.Console.Rendering;

namespace Nola.Client.Views;

/// <summary>How all tables look: a line under the headings, two spaces between columns.</summary>
internal static class Tables
{
    /// <summary>Spaces between two columns.</summary>
    public const int Gap = 2;

    /// <summary>Columns that a table needs besides its cells and the gaps between them.</summary>
    public const int Edges = 2;

    private static readonly TableBorder Border = new HeadingLine();

    /// <summary>A table with the given columns; a heading that begins with <c>&gt;</c> is that of numbers, which are set to the right and never broken.</summary>
    public static Table Of(params IEnumerable<string> headings)
    {
        var table = new Table().Border(Border);
        foreach (var heading in headings)
            table.AddColumn(heading is ['>', .. var number]
                ? new TableColumn(Markup.Escape(number)).RightAligned().NoWrap().Padding(0, 0, 1, 0)
                : new TableColumn(Markup.Escape(heading)).Padding(0, 0, 1, 0));
        return table;
    }

    /// <summary>Markup of what stands over tables of one study.</summary>
    public static string HeadingOf(string experiment, int study, string name) => $"[bold]{Markup.Escape(experiment)}[/]  study {study}, {Markup.Escape(name)}";

    private sealed class HeadingLine : TableBorder
    {
        public override string GetPart(TableBorderPart part) => part switch
        {
            TableBorderPart.HeaderBottom or TableBorderPart.HeaderBottomSeparator => "─",
            TableBorderPart.HeaderSeparator or TableBorderPart.CellSeparator => " ",
            _ => "",
        };
    }
}
