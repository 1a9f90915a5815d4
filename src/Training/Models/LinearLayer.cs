using Nola.Core.Experiments;
using static TorchSharp.torch;

namespace Nola.Training.Models;

/// <summary>A linear layer of the base model: Wx + b with W [out, in] and b [out] or null.</summary>
/// <param name="Weight">W; in bfloat16 where it is frozen and the precision says so.</param>
/// <param name="Bias">b.</param>
/// <param name="Precision">Number format of the product.</param>
public readonly record struct LinearLayer(Tensor Weight, Tensor? Bias, Precision Precision)
{
    /// <summary>Wx + b for x [..., in].</summary>
    public Tensor Forward(Tensor x) => Products.Linear(Precision, x, Weight, Bias);

    /// <summary>Wx without b.</summary>
    public Tensor Product(Tensor x) => Products.Linear(Precision, x, Weight, null);
}
