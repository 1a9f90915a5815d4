using System.Text.Json;

namespace Nola.Reasoning.Problems;

/// <summary>Reads files with one JSON object a line, with errors that name the line.</summary>
internal static class JsonLines
{
    public static IEnumerable<JsonLine> Read(string file)
    {
        if (!File.Exists(file))
            throw new ProblemException(file, null, "there is no such file");
        long number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
                yield return new(file, number, Parse(file, number, line));
        }
    }

    private static JsonElement Parse(string file, long number, string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? json.RootElement.Clone()
                : throw new ProblemException(file, number, $"the line must be a JSON object and is {json.RootElement.ValueKind}");
        }
        catch (JsonException fault)
        {
            throw new ProblemException(file, number, $"the line is no JSON object: {fault.Message.Split(". LineNumber")[0]}");
        }
    }
}

/// <summary>One object of a file, with the line it is on.</summary>
internal sealed record JsonLine(string File, long Line, JsonElement Value)
{
    /// <summary>A value as text: null where absent or null, JSON where it is no string.</summary>
    public string? Text(string key) => !Value.TryGetProperty(key, out var item) ? null : item.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => item.GetString(),
        _ => item.GetRawText(),
    };

    public string RequiredText(string key) => Text(key)
        ?? throw Fault($"'{key}' is missing; the keys are {string.Join(", ", Value.EnumerateObject().Select(item => item.Name))}");

    public ProblemException Fault(string message) => new(File, Line, message);
}
