using Nola.Core.Experiments;
using Nola.Training.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Nola.Training.Adapters;

/// <summary>
/// LoRA (Hu et al., arXiv 2106.09685): y = Wx + b + scale·B(A(dropout(x))). The scale is alpha / rank, or alpha / √rank for rsLoRA
/// (Kalajdzievski, arXiv 2312.03732).
/// </summary>
public sealed class LoraAdapter : Adapter
{
    private readonly Tensor a; // [rank, in]
    private readonly Tensor b; // [out, rank]
    private readonly double scale;
    private readonly double share; // of dropout

    /// <summary>A starts Kaiming-uniform (a = √5, that is uniform within ±1/√in), B at zero, so the layer starts unchanged.</summary>
    public LoraAdapter(long input, long output, int rank, double scale, double dropout, Device? device = null)
    {
        (a, b) = FirstValues(input, output, rank, device);
        this.scale = scale;
        share = dropout;
        Parameters = new Dictionary<string, Tensor> { ["lora_A.weight"] = a, ["lora_B.weight"] = b };
    }

    public override IReadOnlyDictionary<string, Tensor> Parameters { get; }

    /// <remarks>
    /// Without gradients, as in evaluations, the adapter is put into the weight for the moment where that costs less: r·in·out multiplications against
    /// r·(in + out) for each row of x.
    /// </remarks>
    public override Tensor Forward(Tensor x, LinearLayer layer, Dropout? dropout)
    {
        var (output, input) = (layer.Weight.shape[0], layer.Weight.shape[1]);
        var isCheaper = x.NumberOfElements / input * (input + output) > input * output;
        if (dropout is not null || is_grad_enabled() || !isCheaper || layer.Precision != Precision.Float32 || layer.Weight.dtype != ScalarType.Float32)
            return base.Forward(x, layer, dropout);
        return (layer with { Weight = layer.Weight.addmm(b, a, alpha: (float)scale) }).Forward(x);
    }

    public override Tensor Output(Tensor y, Tensor x, Dropout? dropout) =>
        y + functional.linear(functional.linear(dropout?.Apply(x, share) ?? x, a), b).mul(scale);

    public override (Tensor Weight, Tensor? Bias) Merge(Tensor weight, Tensor? bias) => (weight + b.matmul(a).mul(scale), bias?.clone());

    // From the global generator.
    internal static (Tensor A, Tensor B) FirstValues(long input, long output, int rank, Device? device)
    {
        var bound = 1 / Math.Sqrt(input);
        return (rand(rank, input, device: device).mul_(2 * bound).sub_(bound).DetachFromDisposeScope(), zeros(output, rank, device: device).DetachFromDisposeScope());
    }
}
