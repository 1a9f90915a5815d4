using System.IO.Compression;
using System.Text.Json;
using Nola.Reasoning.Endpoints;

namespace Nola.Silo.Reasoning;

/// <summary>
/// Keeps every answer that was paid for, by the hash of the call: one gzipped JSON file each, in folders by the hash's first two digits. An answer is
/// there whole or not at all, so what a killed silo had stored is not paid again, and the same call of another experiment costs nothing.
/// </summary>
internal sealed class AnswerStore(string folder)
{
    /// <summary>The stored answer; null when there is none or its file is damaged.</summary>
    public StoredAnswer? Find(string key)
    {
        try
        {
            using var file = new GZipStream(File.OpenRead(PathOf(key)), CompressionMode.Decompress);
            return JsonSerializer.Deserialize<StoredAnswer>(file);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException or InvalidDataException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Stores an answer; on a full disk it throws <see cref="IOException"/>.</summary>
    public void Add(string key, StoredAnswer answer)
    {
        var path = PathOf(key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var fresh = $"{path}.{Guid.NewGuid():N}";
        try
        {
            using (var file = new GZipStream(File.Create(fresh), CompressionLevel.Fastest))
                JsonSerializer.Serialize(file, answer);
            File.Move(fresh, path, overwrite: true);
        }
        catch (IOException)
        {
            File.Delete(fresh);
            throw;
        }
    }

    private string PathOf(string key) => Path.Combine(folder, key[..2], key + ".json.gz");
}

/// <summary>An answer with what the record needs of it.</summary>
/// <param name="Model">The model that gave it.</param>
/// <param name="Id">The problem's id.</param>
/// <param name="Sample">Number of the sample, from 0.</param>
/// <param name="Turn">Number of the question about this problem and sample, from 0.</param>
/// <param name="Text">The completion as it came.</param>
/// <param name="FinishReason">Why it ended, as the endpoint says.</param>
/// <param name="Tokens">Tokens to pay for.</param>
/// <param name="At">When it came, UTC.</param>
/// <param name="LogProbabilities">As the endpoint sent them; null when not asked for.</param>
internal sealed record StoredAnswer(string Model, string Id, int Sample, int Turn, string Text, string? FinishReason, TokenUse Tokens, DateTimeOffset At, string? LogProbabilities);
