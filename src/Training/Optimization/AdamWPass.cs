using System.Numerics;
using Nola.Training.Native;
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
    /// <summary>Whether the pass can update it.</summary>
    public static bool Serves(Tensor value, Tensor gradient) =>
        FloatMemory.Has(value) && FloatMemory.Has(gradient) && value.is_contiguous() && gradient.is_contiguous();

    /// <summary>Updates value, mean and square in place.</summary>
    public void Update(Tensor value, Tensor gradient, Tensor mean, Tensor square)
    {
        var (v, g, m, s) = (FloatMemory.AddressOf(value), FloatMemory.AddressOf(gradient), FloatMemory.AddressOf(mean), FloatMemory.AddressOf(square));
        var pass = this;
        FloatMemory.Spread(checked((int)value.NumberOfElements), 1, (start, count) =>
            pass.Update(FloatMemory.At(v, start, count), FloatMemory.At(g, start, count), FloatMemory.At(m, start, count), FloatMemory.At(s, start, count)));
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
}
