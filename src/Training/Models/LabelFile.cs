using System.Text.Json;

namespace Nola.Training.Models;

/// <summary>labels.json: names of the classes in the order of their numbers, beside an adapter, whose own files have no place for them.</summary>
public static class LabelFile
{
    private const string Name = "labels.json";

    /// <summary>Writes the file; an empty list for tasks without classes.</summary>
    public static void Write(string folder, IReadOnlyList<string> labels) => File.WriteAllText(Path.Combine(folder, Name), JsonSerializer.Serialize(labels));

    /// <summary>The names in a folder's file; empty when it has none.</summary>
    public static IReadOnlyList<string> Read(string folder) =>
        Path.Combine(folder, Name) is var path && File.Exists(path) ? JsonSerializer.Deserialize<string[]>(File.ReadAllText(path)) ?? [] : [];
}
