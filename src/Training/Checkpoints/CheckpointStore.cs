using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Nola.Training.Models;
using static TorchSharp.torch;

namespace Nola.Training.Checkpoints;

/// <summary>
/// The checkpoints of one trial in a folder. A checkpoint appears whole or not at all, and the one before it is kept, so that a torn or
/// damaged file costs a little work and never the trial.
/// </summary>
/// <remarks>
/// A file is 8 bytes of magic, the length of a JSON header, the header, the raw tensors in the header's order, and the SHA-256 of all before it.
/// </remarks>
public sealed class CheckpointStore(string folder)
{
    private const int Kept = 2;
    private const int HashLength = 32;

    private static ReadOnlySpan<byte> Magic => "NOLACKP1"u8;

    /// <summary>Writes a checkpoint, flushes it to the disk and removes all but the newest two.</summary>
    public void Save(CheckpointState state, IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        Directory.CreateDirectory(folder);
        foreach (var torn in Directory.GetFiles(folder, "*.new"))
            File.Delete(torn); // of a process that died while it wrote
        var items = tensors.Select(item => (item.Key, Value: item.Value.detach().cpu().contiguous())).ToArray();
        var header = JsonSerializer.SerializeToUtf8Bytes(new Header(state, [.. items.Select(item => new Entry(item.Key, item.Value.dtype, item.Value.shape))]));
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"step-{state.Step:D10}.checkpoint"));
        var temporary = $"{path}.{Environment.ProcessId}.new";
        using (var file = File.Create(temporary))
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            Write(Magic);
            Write(length);
            Write(header);
            foreach (var (_, value) in items)
            {
                Write(value.bytes);
                value.Dispose();
            }

            file.Write(hash.GetHashAndReset());
            file.Flush(flushToDisk: true);

            void Write(ReadOnlySpan<byte> bytes)
            {
                hash.AppendData(bytes);
                file.Write(bytes);
            }
        }

        File.Move(temporary, path, overwrite: true);
        foreach (var old in Newest().Skip(Kept))
            File.Delete(old);
    }

    /// <summary>The newest whole checkpoint of this fingerprint; null when there is none. Damaged files are passed over.</summary>
    public Checkpoint? LoadNewest(string fingerprint) =>
        Newest().Select(Load).FirstOrDefault(checkpoint =>
        {
            if (checkpoint is null || checkpoint.State.Fingerprint == fingerprint)
                return checkpoint is not null;
            checkpoint.Dispose();
            return false;
        });

    /// <summary>Removes all checkpoints.</summary>
    public void Clear()
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private string[] Newest() => Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "step-*.checkpoint").OrderDescending(StringComparer.Ordinal)] : [];

    private static Checkpoint? Load(string path)
    {
        using var file = File.OpenRead(path);
        if (!IsWhole(file))
            return null;
        file.Position = Magic.Length;
        Span<byte> length = stackalloc byte[8];
        file.ReadExactly(length);
        var json = new byte[BinaryPrimitives.ReadInt64LittleEndian(length)];
        file.ReadExactly(json);
        var header = JsonSerializer.Deserialize<Header>(json)!;
        var tensors = new Weights();
        foreach (var entry in header.Tensors)
        {
            var value = empty(entry.Shape, entry.Type);
            var bytes = new byte[value.NumberOfElements * value.ElementSize];
            file.ReadExactly(bytes);
            bytes.CopyTo(value.bytes);
            tensors[entry.Name] = value;
        }

        return new(header.State, tensors);
    }

    private static bool IsWhole(FileStream file)
    {
        if (file.Length < Magic.Length + 8 + HashLength)
            return false;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        for (var left = file.Length - HashLength; left > 0;)
        {
            var read = file.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (read == 0)
                return false;
            if (file.Position == read && !buffer.AsSpan(0, Magic.Length).SequenceEqual(Magic))
                return false;
            hash.AppendData(buffer, 0, read);
            left -= read;
        }

        Span<byte> stored = stackalloc byte[HashLength];
        file.ReadExactly(stored);
        return stored.SequenceEqual(hash.GetHashAndReset());
    }

    private sealed record Header(CheckpointState State, Entry[] Tensors);

    private sealed record Entry(string Name, ScalarType Type, long[] Shape);
}
