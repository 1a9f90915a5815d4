using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Storage;

namespace Nola.Grains.Storage;

/// <summary>Writes stored state as plain JSON: camel-case names, enumerations as texts, no .NET type names.</summary>
public sealed class StateSerializer : IGrainStorageSerializer
{
    /// <summary>The options of all stored state.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <inheritdoc/>
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input, Options));

    /// <inheritdoc/>
    public T Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input.ToMemory().Span, Options)!;
}
