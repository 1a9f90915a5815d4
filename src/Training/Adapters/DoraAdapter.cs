using Nola.Training.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Nola.Training.Adapters;

/// <summary>
/// DoRA (Liu et al., arXiv 2402.09353): the weight is m ⊙ V / |V| with V = W + scale·BA and |V| the lengths of its rows; m, A and B are trained.
/// </summary>
/// <remarks>As in the paper's section 4.3, and in PEFT, no gradient flows through |V|.</remarks>
public sealed class DoraAdapter : Adapter
{
    private readonly Tensor a; // [rank, in]
    private readonly Tensor b; // [out, rank]
    private readonly Tensor magnitude; // m, [out]
    private readonly double scale;
    private readonly double share; // of dropout

    /// <summary>A and B start as LoRA's, m at the lengths of the rows of the weight [out, in], so the layer starts unchanged.</summary>
    public DoraAdapter(Tensor weight, int rank, double scale, double dropout)
    {
        (a, b) = LoraAdapter.FirstValues(weight.shape[1], weight.shape[0], rank, weight.device);
        this.scale = scale;
        share = dropout;
        using (no_grad())
            magnitude = Lengths(weight).DetachFromDisposeScope();
        Parameters = new Dictionary<string, Tensor> { ["lora_A.weight"] = a, ["lora_B.weight"] = b, ["lora_magnitude_vector"] = magnitude };
    }

    public override IReadOnlyDictionary<string, Tensor> Parameters { get; }

    /// <summary>m / |V| ⊙ (Wx + scale·BAx) + b; with dropout d, Wx + b + (m / |V| − 1) ⊙ W·d(x) + m / |V| ⊙ scale·BA·d(x), as PEFT has it.</summary>
    public override Tensor Forward(Tensor x, LinearLayer layer, Dropout? dropout)
    {
        var ratio = magnitude / Lengths(layer.Weight); // [out]
        if (dropout is null || share == 0)
        {
            var whole = ratio * (layer.Product(x) + Update(x));
            return layer.Bias is null ? whole : whole + layer.Bias;
        }

        var dropped = dropout.Apply(x, share);
        return layer.Forward(x) + ((ratio - 1) * layer.Product(dropped)) + (ratio * Update(dropped));
    }

    public override (Tensor Weight, Tensor? Bias) Merge(Tensor weight, Tensor? bias) =>
        ((magnitude / Lengths(weight)).unsqueeze(1) * (weight + b.matmul(a).mul(scale)), bias?.clone());

    private Tensor Update(Tensor x) => functional.linear(functional.linear(x, a), b).mul(scale);

    // |V|, [out].
    private Tensor Lengths(Tensor weight)
    {
        using var quiet = no_grad();
        return (weight.to(ScalarType.Float32) + b.matmul(a).mul(scale)).square().sum(1).sqrt();
    }
}
