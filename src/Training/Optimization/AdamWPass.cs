using System.Numerics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Nola.Training.Optimization;

/// <summary>
/// AdamW's update of one tensor in one pass over memory, where separate tensor operations make eleven. For contiguous 32-bit tensors on the CPU;
/// element by element, so any number of threads gives the same bits.
/// </summary>
/// <param name="Factor">Of the gradient.</param>
/// <param name="Decay">1 − lr·λ, a factor of the value.</param>
/// <param name="Beta1">Decay of the mean.</param>
/// <param name="Beta2">Decay of the mean square.</param>
/// <param name="Rate">lr / (1 − β₁ᵗ).</param>
/// <param name="RootCorrection">√(1 − β₂ᵗ).</param>
/// <param name="Epsilon">Added to the root.</param>
internal readonly record struct AdamWPass(float Factor, float Decay, float Beta1, float Beta2, float Rate, float RootCorrection, float Epsilon)
{
    private const int Chunk = 1 << 15; // values: four arrays of them fit a core's cache

    /// <summary>Whether the pass can update it.</summary>
    public static bool Serves(Tensor value, Tensor gradient) =>
        value.device_type == TorchSharp.DeviceType.CPU && value.dtype == ScalarType.Float32 && gradient.dtype == ScalarType.Float32
        && value.is_contiguous() && gradient.is_contiguous();

    /// <summary>Updates value, mean and square in place.</summary>
    public unsafe void Update(Tensor value, Tensor gradient, Tensor mean, Tensor square)
    {
        var (v, g, m, s) = (Address(value), Address(gradient), Address(mean), Address(square));
        var count = checked((int)value.NumberOfElements);
        var pass = this;
        if (count <= Chunk)
        {
            pass.Update(At(v, 0, count), At(g, 0, count), At(m, 0, count), At(s, 0, count));
            return;
        }

        Parallel.For(0, (count + Chunk - 1) / Chunk, new() { MaxDegreeOfParallelism = Math.Max(1, get_num_threads()) }, part =>
        {
            var (start, length) = (part * Chunk, Math.Min(Chunk, count - (part * Chunk)));
            pass.Update(At(v, start, length), At(g, start, length), At(m, start, length), At(s, start, length));
        });

        static Span<float> At(nint address, int start, int length) => new((float*)address + start, length);
    }

    // θ ← θ(1 − lr·λ) − lr·m̂ / (√v̂ + ε)
    private void Update(Span<float> values, ReadOnlySpan<float> gradients, Span<float> means, Span<float> squares)
    {
        var width = Vector<float>.Count;
        var index = 0;
        for (; index <= values.Length - width; index += width)
        {
            var gradient = new Vector<float>(gradients[index..]) * Factor;
            var mean = (new Vector<float>(means[index..]) * Beta1) + (gradient * (1 - Beta1));
            var square = (new Vector<float>(squares[index..]) * Beta2) + (gradient * gradient * (1 - Beta2));
            mean.CopyTo(means[index..]);
            square.CopyTo(squares[index..]);
            var root = (Vector.SquareRoot(square) / new Vector<float>(RootCorrection)) + new Vector<float>(Epsilon);
            ((new Vector<float>(values[index..]) * Decay) - (mean * Rate / root)).CopyTo(values[index..]);
        }

        for (; index < values.Length; index++)
        {
            var gradient = gradients[index] * Factor;
            var mean = means[index] = (means[index] * Beta1) + (gradient * (1 - Beta1));
            var square = squares[index] = (squares[index] * Beta2) + (gradient * gradient * (1 - Beta2));
            values[index] = (values[index] * Decay) - (mean * Rate / ((MathF.Sqrt(square) / RootCorrection) + Epsilon));
        }
    }

    // The memory of a tensor is native: it does not move.
    private static unsafe nint Address(Tensor tensor) => (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
}
