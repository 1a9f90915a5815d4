using Nola.Core.Experiments;
using static TorchSharp.torch;

namespace Nola.Training.Models;

/// <summary>
/// The linear layers' products in one number format: fp32, or bfloat16 factors with fp32 results. Weights that train stay fp32 masters; of
/// frozen ones the bfloat16 form is made once and kept.
/// </summary>
public sealed class Products(Precision precision) : IDisposable
{
    private readonly Dictionary<string, Tensor> frozen = new(StringComparer.Ordinal);

    /// <summary>Wx + b for x [..., in], W [out, in], b [out].</summary>
    /// <param name="name">The layer's name; a frozen W must not change while this object lives.</param>
    /// <param name="x">Input.</param>
    /// <param name="weight">W.</param>
    /// <param name="bias">b; added to the product in fp32.</param>
    public Tensor Linear(string name, Tensor x, Tensor weight, Tensor bias)
    {
        if (precision == Precision.Float32)
            return nn.functional.linear(x, weight, bias);
        var half = weight.requires_grad ? weight.to(ScalarType.BFloat16) : Frozen(name, weight);
        return nn.functional.linear(x.to(ScalarType.BFloat16), half).to(x.dtype) + bias;
    }

    public void Dispose()
    {
        foreach (var tensor in frozen.Values)
            tensor.Dispose();
        frozen.Clear();
    }

    private Tensor Frozen(string name, Tensor weight)
    {
        if (!frozen.TryGetValue(name, out var half))
            frozen[name] = half = weight.to(ScalarType.BFloat16).DetachFromDisposeScope();
        return half;
    }
}
