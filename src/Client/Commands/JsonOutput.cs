using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nola.Client.Commands;

/// <summary>JSON on standard output: camelCase names, enums as lower-case words, nothing that is null.</summary>
internal static class JsonOutput
{
    /// <summary>The way all commands write JSON.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>Writes a value.</summary>
    public static void Write<T>(T value) => Console.WriteLine(JsonSerializer.Serialize(value, Options));
}
