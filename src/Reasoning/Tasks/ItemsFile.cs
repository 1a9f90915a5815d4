using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Nola.Reasoning.Problems;

namespace Nola.Reasoning.Tasks;

/// <summary>What became of every problem of a trial: JSON lines in its artifact folder.</summary>
public static class ItemsFile
{
    /// <summary>Its name in the folder.</summary>
    public const string Name = "items.jsonl";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Writes the items in the order of the problems; the file appears whole or not at all.</summary>
    public static void Write(string folder, IEnumerable<(Problem Problem, JudgedItem Item)> items)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, Name);
        File.WriteAllLines(path + ".new", items.Select(item => JsonSerializer.Serialize(
            new Line(
                item.Problem.Dataset, item.Item.Id, item.Item.Sample, item.Item.Judgement.Kind, item.Item.Judgement.Prediction, item.Item.Judgement.Expected,
                item.Item.Judgement.Parts.IsEmpty ? null : item.Item.Judgement.Parts, item.Item.Judgement.Reason),
            Options)));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Reads what <see cref="Write"/> wrote: each item with the set that its problem is from.</summary>
    /// <exception cref="IOException">There is no such file, or a line is not of that form.</exception>
    public static IEnumerable<(string Dataset, JudgedItem Item)> Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        foreach (var text in File.ReadLines(path))
        {
            Line line;
            try
            {
                line = JsonSerializer.Deserialize<Line>(text, Options)!;
            }
            catch (JsonException fault)
            {
                throw new IOException($"{path} cannot be read: {fault.Message}", fault);
            }

            yield return (line.Dataset, new(line.Id, line.Sample, new()
            {
                Kind = line.Verdict, Prediction = line.Prediction, Expected = line.Expected, Parts = line.Parts ?? ImmutableSortedDictionary<string, double>.Empty, Reason = line.Reason,
            }));
        }
    }

    private sealed record Line(
        string Dataset, string Id, int Sample, JudgementKind Verdict, string? Prediction, string? Expected, ImmutableSortedDictionary<string, double>? Parts, string? Reason);
}
