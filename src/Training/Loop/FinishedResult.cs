using System.Text.Json;
using Nola.Core.Trials;

namespace Nola.Training.Loop;

/// <summary>
/// The result in a trial's folder. An attempt that finds one, because the machinery failed between the end of the trial and its report,
/// returns it and trains nothing.
/// </summary>
internal static class FinishedResult
{
    private const string Name = "result.json";

    /// <summary>The stored result of the same specification, with no usage of this attempt; null when there is none or it is damaged.</summary>
    public static RunResult? Read(string folder, string fingerprint)
    {
        var path = Path.Combine(folder, Name);
        if (!File.Exists(path))
            return null;
        try
        {
            var stored = JsonSerializer.Deserialize<Stored>(File.ReadAllText(path));
            return stored?.Fingerprint == fingerprint
                ? stored.Result with { Usage = Usage.None, ResumedFromStep = stored.Steps }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Stores a result; the file appears whole or not at all.</summary>
    public static void Write(string folder, string fingerprint, RunResult result)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, Name);
        using (var file = File.Create(path + ".new"))
        {
            JsonSerializer.Serialize(file, new Stored(fingerprint, result.ResumedFromStep + result.Usage.Steps, result));
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    private sealed record Stored(string Fingerprint, long Steps, RunResult Result);
}
