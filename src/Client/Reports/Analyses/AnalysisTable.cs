namespace Nola.Client.Reports.Analyses;

/// <summary>One table of the analyses, as people read it.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Headings">Those of its columns; one that begins with <c>&gt;</c> is of numbers.</param>
/// <param name="Rows">Its cells.</param>
internal sealed record AnalysisTable(string Title, ImmutableArray<string> Headings, ImmutableArray<ImmutableArray<string>> Rows);
