using System.Text.Json.Nodes;
using Nola.Training.Safetensors;

namespace Nola.Training.Models;

/// <summary>A config.json under reading.</summary>
/// <param name="json">Its content.</param>
/// <param name="path">Its path, for messages.</param>
public sealed class ConfigurationFile(JsonObject json, string path)
{
    /// <summary>The architecture's name.</summary>
    public string ModelType => (string?)json["model_type"] ?? throw new ModelFileException($"{path} names no model_type.");

    /// <summary>Path of the file.</summary>
    public string Path => path;

    /// <summary>The value of a key, or null.</summary>
    public JsonNode? this[string key] => json[key];

    /// <summary>An integer that must be there.</summary>
    public int Integer(string key) => json[key] is { } value ? (int)value : throw new ModelFileException($"{path} has no {key}.");

    /// <summary>An integer, or its default.</summary>
    public int Integer(string key, int otherwise) => json[key] is { } value ? (int)value : otherwise;

    /// <summary>A number, or its default.</summary>
    public double Number(string key, double otherwise) => json[key] is { } value ? (double)value : otherwise;

    /// <summary>A yes or no, or its default.</summary>
    public bool Flag(string key, bool otherwise) => json[key] is { } value ? (bool)value : otherwise;

    /// <summary>Refuses any other value of a key than the given ones; a missing key counts as the first.</summary>
    public string OneOf(string key, params string[] known)
    {
        var value = (string?)json[key] ?? known[0];
        return known.Contains(value) ? value : throw new ModelFileException($"{path} has {key} '{value}'; Nola knows {string.Join(", ", known)}.");
    }
}
