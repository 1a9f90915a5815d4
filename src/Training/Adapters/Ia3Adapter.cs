using Nola.Training.Models;
using static TorchSharp.torch;

namespace Nola.Training.Adapters;

/// <summary>
/// IA3 (Liu et al., arXiv 2205.05638): y = l ⊙ (Wx + b) for keys and values, y = W(l ⊙ x) + b for the feed-forward layer.
/// </summary>
public sealed class Ia3Adapter : Adapter
{
    private readonly Tensor scale; // [out, 1], or [1, in] where the input is scaled
    private readonly bool scalesInput;

    /// <summary>The vector starts at one, so the layer starts unchanged.</summary>
    public Ia3Adapter(long input, long output, bool scalesInput, Device? device = null)
    {
        this.scalesInput = scalesInput;
        scale = (scalesInput ? ones(1, input, device: device) : ones(output, 1, device: device)).DetachFromDisposeScope();
        Parameters = new Dictionary<string, Tensor> { ["ia3_l"] = scale };
    }

    public override IReadOnlyDictionary<string, Tensor> Parameters { get; }

    public override Tensor Input(Tensor x) => scalesInput ? x * scale.view(-1) : x;

    public override Tensor Output(Tensor y, Tensor x, Dropout? dropout) => scalesInput ? y : y * scale.view(-1);

    public override (Tensor Weight, Tensor? Bias) Merge(Tensor weight, Tensor? bias) =>
        (weight * scale, scalesInput || bias is null ? bias?.clone() : bias * scale.view(-1));
}
