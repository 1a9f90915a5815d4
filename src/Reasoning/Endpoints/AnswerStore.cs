using System.IO.Compression;
using System.Text.Json;

namespace Nola.Reasoning.Endpoints;

/// <summary>
/// Answers that were paid for, by <see cref="CallKey"/>, in a folder that several processes may share: each appends to a file of its own and reads
/// those that were there when it began. Answers are compressed; memory holds only their places.
/// </summary>
/// <remarks>An answer is with the operating system before <see cref="Add"/> returns, so the death of the process loses none.</remarks>
public sealed class AnswerStore : IDisposable
{
    private const string Pattern = "answers-*.jsonl";

    private readonly Lock gate = new();
    private readonly Dictionary<string, (FileStream File, long Start, int Length)> places = new(StringComparer.Ordinal);
    private readonly List<FileStream> files = [];
    private readonly FileStream own;

    /// <param name="folder">Made where it is missing.</param>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    public AnswerStore(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(folder, Pattern).Order(StringComparer.Ordinal))
            Index(Open(file, FileMode.Open));
        own = Open(Path.Combine(folder, $"answers-{Guid.CreateVersion7():N}.jsonl"), FileMode.CreateNew);
    }

    /// <summary>Answers in it.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return places.Count;
        }
    }

    /// <summary>The answer to a call; null when there is none.</summary>
    public Answered? Find(string key)
    {
        lock (gate)
        {
            if (!places.TryGetValue(key, out var place))
                return null;
            var line = new byte[place.Length];
            RandomAccess.Read(place.File.SafeFileHandle, line, place.Start);
            return Unpack(JsonSerializer.Deserialize<Line>(line)!.Answer);
        }
    }

    /// <summary>Keeps an answer; one that is there already stays.</summary>
    public void Add(string key, Answered answer)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(new Line(key, Pack(answer)));
        lock (gate)
        {
            if (places.ContainsKey(key))
                return;
            var start = own.Position;
            own.Write([.. line, (byte)'\n']);
            own.Flush();
            places[key] = (own, start, line.Length);
        }
    }

    public void Dispose()
    {
        foreach (var file in files)
            file.Dispose();
    }

    private FileStream Open(string path, FileMode mode)
    {
        var file = new FileStream(path, mode, mode == FileMode.Open ? FileAccess.Read : FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        files.Add(file);
        return file;
    }

    // The last line of a process that was killed may be cut; it is the answer of a call that was in flight.
    private void Index(FileStream file)
    {
        var content = new byte[file.Length];
        file.ReadExactly(content);
        for (var start = 0; content.AsSpan(start).IndexOf((byte)'\n') is >= 0 and var length; start += length + 1)
            if (Key(content.AsSpan(start, length)) is { } key)
                places.TryAdd(key, (file, start, length));
    }

    private static string? Key(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(line)?.Key;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] Pack(Answered answer)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest))
            JsonSerializer.Serialize(brotli, answer);
        return packed.ToArray();
    }

    private static Answered Unpack(byte[] packed)
    {
        using var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<Answered>(brotli)!;
    }

    private sealed record Line(string Key, byte[] Answer);
}
