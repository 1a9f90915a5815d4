using System.Text.Json;

namespace Nola.Training.Tokenizers;

/// <summary>How a model folder writes its special tokens: what special_tokens_map.json and tokenizer_config.json name.</summary>
public sealed class SpecialTokenNames
{
    private static readonly string[] Files = ["special_tokens_map.json", "tokenizer_config.json"];

    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);

    /// <summary>Reads both files where they are there; tokenizer_config.json has the last word.</summary>
    public SpecialTokenNames(string folder)
    {
        foreach (var path in Files.Select(file => Path.Combine(folder, file)).Where(File.Exists))
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (var item in json.RootElement.EnumerateObject().Where(item => item.Name.EndsWith("_token", StringComparison.Ordinal)))
                if (Content(item.Value) is { } content)
                    names[item.Name] = content;
        }
    }

    /// <summary>How the token of a role such as <c>pad_token</c> is written; null where neither file says.</summary>
    public string? this[string role] => names.GetValueOrDefault(role);

    private static string? Content(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Object when value.TryGetProperty("content", out var content) => content.GetString(),
        _ => null,
    };
}
