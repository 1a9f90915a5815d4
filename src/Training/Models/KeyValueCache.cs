using static TorchSharp.torch;

namespace Nola.Training.Models;

/// <summary>Keys and values of the tokens that a decoder has read, so that each further token costs one position only.</summary>
/// <param name="layers">Layers of the model.</param>
public sealed class KeyValueCache(int layers) : IDisposable
{
    private const long FirstCapacity = 64; // positions; doubled when they are full

    private readonly (Tensor? Keys, Tensor? Values)[] buffers = new (Tensor?, Tensor?)[layers]; // [batch, heads, capacity, size]

    /// <summary>Tokens read so far.</summary>
    public long Length { get; private set; }

    /// <summary>Adds keys and values [batch, heads, count, size] of one layer, and returns those of all tokens [batch, heads, length + count, size].</summary>
    public (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values)
    {
        var (oldKeys, oldValues) = buffers[layer];
        buffers[layer] = (WithRoom(oldKeys, keys), WithRoom(oldValues, values));
        return (Write(buffers[layer].Keys!, keys), Write(buffers[layer].Values!, values));
    }

    /// <summary>Counts tokens whose keys and values every layer has added.</summary>
    public void Advance(long count) => Length += count;

    public void Dispose()
    {
        foreach (var (keys, values) in buffers)
        {
            keys?.Dispose();
            values?.Dispose();
        }
    }

    private Tensor WithRoom(Tensor? buffer, Tensor added)
    {
        var (needed, capacity) = (Length + added.shape[2], buffer?.shape[2] ?? FirstCapacity);
        if (buffer is not null && needed <= capacity)
            return buffer;
        while (capacity < needed)
            capacity *= 2;
        var larger = empty([added.shape[0], added.shape[1], capacity, added.shape[3]], added.dtype, added.device).DetachFromDisposeScope();
        if (buffer is not null)
        {
            larger.narrow(2, 0, Length).copy_(buffer.narrow(2, 0, Length));
            buffer.Dispose();
        }

        return larger;
    }

    private Tensor Write(Tensor buffer, Tensor added)
    {
        buffer.narrow(2, Length, added.shape[2]).copy_(added);
        return buffer.narrow(2, 0, Length + added.shape[2]);
    }
}
