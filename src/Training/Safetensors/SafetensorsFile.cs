using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Text.Json;
using static TorchSharp.torch;

namespace Nola.Training.Safetensors;

/// <summary>
/// Reads and writes the safetensors format: 8 bytes header length, a JSON header, then the raw little-endian tensors.
/// </summary>
public sealed class SafetensorsFile
{
    private const long Piece = 1 << 20; // values

    private readonly string path;
    private readonly long dataStart;
    private readonly Dictionary<string, Entry> entries;

    private SafetensorsFile(string path, long dataStart, Dictionary<string, Entry> entries)
    {
        this.path = path;
        this.dataStart = dataStart;
        this.entries = entries;
    }

    /// <summary>Names of the tensors in the file.</summary>
    public IEnumerable<string> Names => entries.Keys;

    /// <summary>Opens a file and checks its header. Throws <see cref="ModelFileException"/> that names the file and what is wrong.</summary>
    public static SafetensorsFile Open(string path)
    {
        if (!File.Exists(path))
            throw new ModelFileException($"There is no file {path}.");
        using var file = File.OpenRead(path);
        Span<byte> lengthBytes = stackalloc byte[8];
        if (file.ReadAtLeast(lengthBytes, 8, throwOnEndOfStream: false) < 8)
            throw new ModelFileException($"{path} is no safetensors file: it ends within its first 8 bytes.");
        var length = BinaryPrimitives.ReadInt64LittleEndian(lengthBytes);
        if (length <= 0 || length > 100_000_000 || 8 + length > file.Length)
            throw new ModelFileException($"{path} is no safetensors file, or it is cut off: its header should be {length} bytes long and the file has {file.Length}.");
        var header = new byte[length];
        file.ReadExactly(header);
        try
        {
            using var json = JsonDocument.Parse(header);
            var entries = json.RootElement.EnumerateObject().Where(item => item.Name != "__metadata__").ToDictionary(item => item.Name, item => Read(path, item));
            var end = entries.Values.Select(entry => entry.End).DefaultIfEmpty(0).Max();
            if (8 + length + end > file.Length)
                throw new ModelFileException($"{path} is cut off: its header promises {8 + length + end} bytes and the file has {file.Length}.");
            return new(path, 8 + length, entries);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new ModelFileException($"{path} has a damaged safetensors header: {fault.Message}", fault);
        }
    }

    /// <summary>Whether the file has a tensor of that name.</summary>
    public bool Contains(string name) => entries.ContainsKey(name);

    /// <summary>The tensor's shape.</summary>
    public ReadOnlySpan<long> ShapeOf(string name) => Find(name).Shape;

    /// <summary>The tensor on the CPU in the given type (64-bit integers if it holds integers). Beyond the tensor itself only a few MiB are in use.</summary>
    public unsafe Tensor Load(string name, ScalarType type = ScalarType.Float32)
    {
        var entry = Find(name);
        var final = empty(entry.Shape, entry.Type == ScalarType.Int64 ? ScalarType.Int64 : type);
        if (entry.End == entry.Start)
            return final;
        using var map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        using var view = map.CreateViewAccessor(dataStart + entry.Start, entry.End - entry.Start, MemoryMappedFileAccess.Read);
        byte* first = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref first);
        try
        {
            Copy(first + view.PointerOffset, entry, final);
            return final;
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    // In pieces, because a span holds at most 2 GiB and a conversion needs room for its source.
    private static unsafe void Copy(byte* from, Entry entry, Tensor to)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var flat = to.view(-1);
        var width = (entry.End - entry.Start) / flat.shape[0];
        using var piece = empty([Math.Min(Piece, flat.shape[0])], entry.Type);
        for (long start = 0; start < flat.shape[0]; start += Piece)
        {
            var count = Math.Min(Piece, flat.shape[0] - start);
            var source = new ReadOnlySpan<byte>(from + (start * width), (int)(count * width));
            var part = piece.narrow(0, 0, count);
            source.CopyTo(part.bytes);
            flat.narrow(0, start, count).copy_(part);
        }
    }

    /// <summary>Writes tensors under their names, in the order of the names. The file appears whole or not at all.</summary>
    public static void Save(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, ScalarType type = ScalarType.Float32)
    {
        var ordered = tensors.OrderBy(item => item.Key, StringComparer.Ordinal).ToArray();
        using var headerStream = new MemoryStream();
        using (var json = new Utf8JsonWriter(headerStream))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt");
            json.WriteEndObject();
            long offset = 0;
            foreach (var (name, tensor) in ordered)
            {
                var bytes = tensor.NumberOfElements * (type == ScalarType.Float32 ? 4 : 2);
                json.WriteStartObject(name);
                json.WriteString("dtype", type == ScalarType.Float32 ? "F32" : "BF16");
                json.WriteStartArray("shape");
                foreach (var size in tensor.shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset + bytes);
                json.WriteEndArray();
                json.WriteEndObject();
                offset += bytes;
            }

            json.WriteEndObject();
        }

        while (headerStream.Length % 8 != 0)
            headerStream.WriteByte((byte)' ');
        var temporary = path + ".new";
        using (var file = File.Create(temporary))
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, headerStream.Length);
            file.Write(length);
            headerStream.WriteTo(file);
            foreach (var (_, tensor) in ordered)
            {
                using var converted = tensor.detach().to(type, copy: true).cpu().contiguous();
                file.Write(converted.bytes);
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static Entry Read(string path, JsonProperty item)
    {
        var type = item.Value.GetProperty("dtype").GetString() switch
        {
            "F32" => ScalarType.Float32,
            "F16" => ScalarType.Float16,
            "BF16" => ScalarType.BFloat16,
            "I64" => ScalarType.Int64,
            var other => throw new ModelFileException($"{path}: the tensor {item.Name} has the type {other}; Nola reads F32, F16, BF16 and I64."),
        };
        var shape = item.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        var offsets = item.Value.GetProperty("data_offsets");
        return new(type, shape, offsets[0].GetInt64(), offsets[1].GetInt64());
    }

    private Entry Find(string name) =>
        entries.TryGetValue(name, out var entry) ? entry : throw new ModelFileException($"{path} has no tensor {name}.");

    private sealed record Entry(ScalarType Type, long[] Shape, long Start, long End);
}

/// <summary>A model's file is missing, damaged or of a kind that Nola does not read; the message names the file and what is wrong.</summary>
public sealed class ModelFileException : Exception
{
    public ModelFileException(string message)
        : base(message)
    {
    }

    public ModelFileException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
