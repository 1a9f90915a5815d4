using System.Runtime.Intrinsics;
using Nola.Training.Native;
using static TorchSharp.torch;

namespace Nola.Training.Models;

/// <summary>
/// A mask of dropout on the CPU that is nowhere in memory: whether a value is kept is a hash of the mask's key and the value's place. So the backward pass
/// computes again what the forward pass multiplied by, and nothing of it is stored between them.
/// </summary>
/// <param name="Parts">Keys, and for how many values in a row each stands.</param>
/// <param name="Share">Probability of a zero.</param>
internal readonly record struct DropoutMask(ImmutableArray<(ulong Key, int Length)> Parts, double Share)
{
    /// <summary>y = x ⊙ m, where m is 0 or 1 / (1 − share). The tensors are contiguous, of 32-bit floats, on the CPU, and may be one.</summary>
    public void Multiply(Tensor x, Tensor y)
    {
        var (from, to) = (FloatMemory.AddressOf(x), FloatMemory.AddressOf(y));
        var keep = 1 - Share;
        var start = 0;
        foreach (var (key, length) in Parts)
        {
            var begin = start;
            FloatMemory.Spread(length, 1, (first, count) => Multiply(FloatMemory.At(from, begin + first, count), FloatMemory.At(to, begin + first, count), key, first, keep));
            start += length;
        }
    }

    // A counter is hashed in two multiplications (the finalizer of MurmurHash3, with half of the key before and half of it between them); its value is kept
    // where the hash lies below the probability of keeping.
    private static void Multiply(ReadOnlySpan<float> x, Span<float> y, ulong key, int first, double keep)
    {
        var threshold = Vector512.Create((uint)Math.Min(keep * 4294967296.0, uint.MaxValue));
        var factor = Vector512.Create((float)(1 / keep));
        var before = Vector512.Create((uint)key);
        var between = Vector512.Create((uint)(key >> 32));
        var counters = Vector512<uint>.Indices + Vector512.Create((uint)first);
        var width = Vector512.Create((uint)Vector512<uint>.Count);
        Span<float> tail = stackalloc float[Vector512<float>.Count];
        for (var start = 0; start < x.Length; start += Vector512<float>.Count, counters += width)
        {
            var hash = (counters ^ before) * Vector512.Create(0x9E3779B1u);
            hash = (hash ^ (hash >>> 16)) * Vector512.Create(0x85EBCA6Bu);
            hash = ((hash ^ (hash >>> 13)) + between) * Vector512.Create(0xC2B2AE35u);
            hash ^= hash >>> 16;
            var mask = Vector512.LessThan(hash, threshold).AsSingle();
            if (start + Vector512<float>.Count <= x.Length)
            {
                (Vector512.Create(x[start..]) * factor & mask).CopyTo(y[start..]);
                continue;
            }

            x[start..].CopyTo(tail);
            (Vector512.Create<float>(tail) * factor & mask).CopyTo(tail);
            tail[..(x.Length - start)].CopyTo(y[start..]);
        }
    }
}
