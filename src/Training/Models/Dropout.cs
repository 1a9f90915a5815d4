using TorchSharp;
using Nola.Training.Native;
using static TorchSharp.torch;

namespace Nola.Training.Models;

/// <summary>
/// The dropout (Srivastava et al., JMLR 2014) of one training step: y = x ⊙ m / (1 − p), with m zero at a share p of the places.
/// </summary>
/// <remarks>
/// A mask is a pure function of the seed, the step and how many masks came before it in the step. So an attempt that goes on from a checkpoint needs no
/// random state, and a trial draws the same masks alone and in company. On the CPU the masks are hashes of counters, which cost a tenth of what a sequential
/// generator does and take no memory (<see cref="DropoutMask"/>); other devices draw from a generator of their own.
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
        return share == 0 ? x : FloatMemory.Has(x) ? DroppedValues.Of(x, Next(x.shape, share)) : x * Mask(x.shape, share, x.device).to(x.dtype);
    }

    /// <summary>The next mask as a tensor of 32-bit floats: 0 at a share of the places, 1 / (1 − share) at the others.</summary>
    public virtual Tensor Mask(ReadOnlySpan<long> shape, double share, Device device)
    {
        if (device.type == DeviceType.CPU)
        {
            var mask = ones(shape);
            Next(shape, share).Multiply(mask, mask);
            return mask;
        }

        using var generator = new Generator(NextKey() & long.MaxValue, device);
        return empty(shape, ScalarType.Float32, device).bernoulli_(1 - share, generator).div_(1 - share);
    }

    /// <summary>The next mask on the CPU.</summary>
    internal virtual DropoutMask Next(ReadOnlySpan<long> shape, double share)
    {
        var count = 1;
        foreach (var size in shape)
            count = checked(count * (int)size);
        return new([(NextKey(), count)], share);
    }

    private ulong NextKey() => Mixed(Mixed(Mixed((ulong)seed) ^ (ulong)step) ^ place++);

    // SplitMix64's finalizer (Steele, Lea and Flood, OOPSLA 2014).
    private static ulong Mixed(ulong value)
    {
        value += 0x9E3779B97F4A7C15UL;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
