using Nola.Training.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Nola.Training.Adapters;

/// <summary>LoRA (Hu et al., arXiv 2106.09685): y = Wx + b + scale·B(A(dropout(x))), scale = alpha / rank.</summary>
public sealed class LoraAdapter : Adapter
{
    private readonly Tensor a; // [rank, in]
    private readonly Tensor b; // [out, rank]
    private readonly double scale;
    private readonly double share; // of dropout

    /// <summary>A starts Kaiming-uniform (a = √5, that is uniform within ±1/√in), B at zero, so the layer starts unchanged.</summary>
    public LoraAdapter(long input, long output, int rank, double alpha, double dropout, Device? device = null)
    {
        var bound = 1 / Math.Sqrt(input);
        a = rand(rank, input, device: device).mul_(2 * bound).sub_(bound).DetachFromDisposeScope();
        b = zeros(output, rank, device: device).DetachFromDisposeScope();
        scale = alpha / rank;
        share = dropout;
        Parameters = new Dictionary<string, Tensor> { ["lora_A.weight"] = a, ["lora_B.weight"] = b };
    }

    public override IReadOnlyDictionary<string, Tensor> Parameters { get; }

    public override Tensor Forward(Tensor x, LinearLayer layer, Dropout? dropout)
    {
        var dropped = dropout?.Apply(x, share) ?? x;
        return layer.Forward(x) + functional.linear(functional.linear(dropped, a), b).mul(scale);
    }

    public override (Tensor Weight, Tensor? Bias) Merge(Tensor weight, Tensor? bias) => (weight + b.matmul(a).mul(scale), bias?.clone());
}
