using System.Text.Json;

namespace Nola.Data;

/// <summary>Reads files with one JSON object a line; blank lines are skipped.</summary>
public static class JsonLinesFile
{
    /// <summary>The objects of a file, each with its top-level values as text.</summary>
    /// <exception cref="DataException">A line is no JSON object.</exception>
    public static IEnumerable<DataRow> Rows(string file)
    {
        foreach (var (number, line) in TextFile.Lines(file))
            if (!string.IsNullOrWhiteSpace(line))
                yield return new(number, Cells(file, number, line));
    }

    private static Dictionary<string, string> Cells(string file, long number, string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new DataException(file, number, $"the line is no JSON object but {json.RootElement.ValueKind}");
            var cells = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var item in json.RootElement.EnumerateObject())
                cells[item.Name] = item.Value.ValueKind == JsonValueKind.String ? item.Value.GetString()! : item.Value.GetRawText();
            return cells;
        }
        catch (JsonException fault)
        {
            throw new DataException(file, number, $"the line is no JSON object: {fault.Message.Split(". LineNumber")[0]}");
        }
    }
}
