using System.Buffers.Binary;
using System.Text.Json;

namespace Nola.Client.Specs.Checks;

/// <summary>The tensors that a safetensors file says it holds: the file begins with the length of a JSON header, which tells where each one ends.</summary>
/// <param name="Tensors">Names, and how many dimensions each has.</param>
internal sealed record SafetensorsHeader(IReadOnlyList<(string Name, int Dimensions)> Tensors)
{
    private const int MostBytes = 1 << 28;

    /// <summary>Reads a file's header.</summary>
    /// <returns>The header, or what is wrong with the file, such as <c>is cut off</c>.</returns>
    public static (SafetensorsHeader? Header, string? Fault) Read(string file)
    {
        using var stream = File.OpenRead(file);
        Span<byte> length = stackalloc byte[8];
        if (stream.ReadAtLeast(length, 8, throwOnEndOfStream: false) < 8)
            return (null, "is cut off");
        var bytes = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (bytes > MostBytes)
            return (null, "is no safetensors file");
        if (stream.Length < 8 + (long)bytes)
            return (null, "is cut off");
        var json = new byte[bytes];
        stream.ReadExactly(json);
        try
        {
            using var header = JsonDocument.Parse(json);
            var tensors = header.RootElement.EnumerateObject().Where(item => item.Name != "__metadata__").ToArray();
            var end = tensors.Select(item => item.Value.GetProperty("data_offsets")[1].GetInt64()).DefaultIfEmpty(0).Max();
            return stream.Length < 8 + (long)bytes + end
                ? (null, "is cut off")
                : (new([.. tensors.Select(item => (item.Name, item.Value.GetProperty("shape").GetArrayLength()))]), null);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            return (null, "is no safetensors file");
        }
    }
}
