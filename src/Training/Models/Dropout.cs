using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Nola.Training.Models;

/// <summary>
/// The dropout (Srivastava et al., JMLR 2014) of one training step: y = x ⊙ m / (1 − p), with m zero at a share p of the places.
/// </summary>
/// <remarks>
/// A mask is a pure function of the seed, the step and how many masks came before it in the step. So an attempt that goes on from a checkpoint needs no
/// random state, and a trial draws the same masks alone and in company. On the CPU the masks are hashes of counters, one vector at a time, which costs a
/// tenth of what a sequential generator does; other devices draw from a generator of their own.
/// </remarks>
public class Dropout(long seed, long step)
{
    private ulong place;

    /// <summary>x with a share of its values set to zero and the others enlarged by 1 / (1 − share). Each call draws the next mask.</summary>
    /// <param name="x">Values of any shape.</param>
    /// <param name="share">Probability of a zero, in [0, 1).</param>
    public Tensor Apply(Tensor x, double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(share, 1);
        return share == 0 ? x : x * Mask(x.shape, share, x.device).to(x.dtype);
    }

    /// <summary>The next mask, in 32-bit floats: 0 at a share of the places, 1 / (1 − share) at the others.</summary>
    public virtual Tensor Mask(ReadOnlySpan<long> shape, double share, Device device)
    {
        var mask = empty(shape, ScalarType.Float32, device);
        if (device.type == DeviceType.CPU)
        {
            FillNext(MemoryMarshal.Cast<byte, float>(mask.bytes), share);
            return mask;
        }

        using var generator = new Generator(NextKey() & long.MaxValue, device);
        return mask.bernoulli_(1 - share, generator).div_(1 - share);
    }

    /// <summary>Writes the next mask into memory of the CPU.</summary>
    internal void FillNext(Span<float> mask, double share) => Fill(mask, NextKey(), 1 - share);

    private ulong NextKey() => Mixed(Mixed(Mixed((ulong)seed) ^ (ulong)step) ^ place++);

    // A counter is hashed in two multiplications (the finalizer of MurmurHash3, with half of the key before and half of it between them); it is kept
    // where the hash lies below the probability of keeping.
    internal static void Fill(Span<float> mask, ulong key, double keep)
    {
        var threshold = Vector512.Create((uint)Math.Min(keep * 4294967296.0, uint.MaxValue));
        var kept = Vector512.Create((float)(1 / keep));
        var before = Vector512.Create((uint)key);
        var between = Vector512.Create((uint)(key >> 32));
        var counters = Vector512<uint>.Indices;
        var width = Vector512.Create((uint)Vector512<uint>.Count);
        Span<float> tail = stackalloc float[Vector512<float>.Count];
        for (var start = 0; start < mask.Length; start += Vector512<float>.Count, counters += width)
        {
            var hash = (counters ^ before) * Vector512.Create(0x9E3779B1u);
            hash = (hash ^ (hash >>> 16)) * Vector512.Create(0x85EBCA6Bu);
            hash = ((hash ^ (hash >>> 13)) + between) * Vector512.Create(0xC2B2AE35u);
            hash ^= hash >>> 16;
            var values = Vector512.LessThan(hash, threshold).AsSingle() & kept;
            if (start + Vector512<float>.Count <= mask.Length)
            {
                values.CopyTo(mask[start..]);
                continue;
            }

            values.CopyTo(tail);
            tail[..(mask.Length - start)].CopyTo(mask[start..]);
        }
    }

    // SplitMix64's finalizer (Steele, Lea and Flood, OOPSLA 2014).
    private static ulong Mixed(ulong value)
    {
        value += 0x9E3779B97F4A7C15UL;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
