using Nola.Training.Models;
using static TorchSharp.torch;

namespace Nola.Training.Adapters;

/// <summary>What is put over one linear layer. One class per kind of adapter.</summary>
public abstract class Adapter : IDisposable
{
    /// <summary>The trained tensors by the end of their name in PEFT's files, such as <c>lora_A.weight</c>.</summary>
    public abstract IReadOnlyDictionary<string, Tensor> Parameters { get; }

    /// <summary>The adapted layer's output [..., out] for x [..., in]; with the dropout of the step while training, with null otherwise.</summary>
    public virtual Tensor Forward(Tensor x, LinearLayer layer, Dropout? dropout) => Output(layer.Forward(Input(x)), x, dropout);

    /// <summary>What the layer under the adapter reads instead of x [..., in].</summary>
    public virtual Tensor Input(Tensor x) => x;

    /// <summary>The adapted layer's output for that of the layer under it, y [..., out], and x [..., in].</summary>
    public virtual Tensor Output(Tensor y, Tensor x, Dropout? dropout) => y;

    /// <summary>The weight and bias of a plain linear layer that computes the same, in 32-bit floats.</summary>
    public abstract (Tensor Weight, Tensor? Bias) Merge(Tensor weight, Tensor? bias);

    public void Dispose()
    {
        foreach (var tensor in Parameters.Values)
            tensor.Dispose();
    }
}
