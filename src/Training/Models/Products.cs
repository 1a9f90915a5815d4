using Nola.Core.Experiments;
using static TorchSharp.torch;

namespace Nola.Training.Models;

/// <summary>
/// The linear layers' products in one number format: fp32, or bfloat16 factors with fp32 results. Weights that train stay fp32 masters; frozen ones
/// may be in bfloat16 already (see <see cref="WeightFiles"/>), and then no other copy of them is in memory.
/// </summary>
public static class Products
{
    /// <summary>Wx + b for x [..., in], W [out, in], b [out] or null; b is added to the product in the format of x.</summary>
    public static Tensor Linear(Precision precision, Tensor x, Tensor weight, Tensor? bias)
    {
        if (precision == Precision.Float32 && weight.dtype == x.dtype)
            return nn.functional.linear(x, weight, bias);
        var product = nn.functional.linear(x.to(ScalarType.BFloat16), weight.to(ScalarType.BFloat16)).to(x.dtype);
        return bias is null ? product : product + bias;
    }
}
