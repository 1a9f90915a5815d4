using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Tasks;

namespace Nola.Silo.Reasoning;

/// <summary>What became of every problem of a trial: JSON lines in its artifact folder.</summary>
internal static class ItemsFile
{
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

    private sealed record Line(
        string Dataset, string Id, int Sample, JudgementKind Verdict, string? Prediction, string? Expected, ImmutableSortedDictionary<string, double>? Parts, string? Reason);
}
