using System.Text.Json;

namespace Nola.Benchmarks.Measuring;

/// <summary>Writes what was measured: for people, for docs/benchmarks.md, for programs.</summary>
public static class Tables
{
    private static readonly string[] Header = ["benchmark", "measured", "median [min–max]", "runs", "target", ""];
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static string Text(Measured measured)
    {
        string[][] rows = [Header, .. measured.Figures.Select(Cells)];
        var widths = Enumerable.Range(0, Header.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        return measured.Machine + "\n" + string.Join('\n', rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()));
    }

    public static string Markdown(Measured measured) =>
        $"{measured.Machine}\n\n" + string.Join('\n', new[] { Row(Header), Row([.. Header.Select(_ => "---")]) }.Concat(measured.Figures.Select(figure => Row(Cells(figure)))));

    public static string ToJson(Measured measured) => JsonSerializer.Serialize(measured, Json);

    public static Measured FromJson(string json) => JsonSerializer.Deserialize<Measured>(json, Json)!;

    private static string[] Cells(Figure figure) =>
        [figure.Benchmark, figure.What, figure.Value, figure.Runs.Length.ToString(CultureInfo.InvariantCulture), figure.Bound, figure.Verdict];

    private static string Row(string[] cells) => "| " + string.Join(" | ", cells) + " |";
}
