using Nola.Core.Experiments;
using Nola.Training.Models;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Models;

public sealed class ProductsTests : IDisposable
{
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();
    private readonly Tensor x;
    private readonly Tensor weight;
    private readonly Tensor bias;

    public ProductsTests()
    {
        manual_seed(3);
        x = randn(5, 64).requires_grad_();
        weight = randn(32, 64);
        bias = randn(32);
    }

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Linear_Float32_EqualsTorch()
    {
        Assert.Equal(0, Distance(nn.functional.linear(x, weight, bias), Products.Linear(Precision.Float32, x, weight, bias)));
    }

    // bfloat16 has 8 significant bits: each factor is off by at most 2⁻⁹ of itself, a sum of 64 products of unit size by about 8 · 2⁻⁸.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Linear_BFloat16_IsTorchsWithinBFloat16sRounding(bool trains)
    {
        weight.requires_grad = trains;
        var product = Products.Linear(Precision.BFloat16, x, weight, bias);
        product.pow(2).sum().backward();
        var (inputGradient, weightGradient) = (x.grad!.clone(), weight.grad?.clone());
        x.grad.zero_();
        weight.grad?.zero_();
        var exact = nn.functional.linear(x, weight, bias);
        exact.pow(2).sum().backward();

        Assert.Equal(ScalarType.Float32, product.dtype);
        Assert.InRange(Distance(exact, product), 1e-6, 0.1);
        Assert.InRange(Distance(x.grad, inputGradient) / x.grad.abs().max().item<float>(), 1e-6, 0.02);
        Assert.Equal(trains, weightGradient is not null);
        if (weightGradient is not null)
        {
            Assert.Equal(ScalarType.Float32, weightGradient.dtype);
            Assert.InRange(Distance(weight.grad!, weightGradient) / weight.grad!.abs().max().item<float>(), 1e-6, 0.02);
        }
    }

    [Fact]
    public void Linear_FrozenWeightInBFloat16_GivesTheSameAsRoundedNow() => Assert.Equal(
        0, Distance(Products.Linear(Precision.BFloat16, x, weight, null), Products.Linear(Precision.BFloat16, x, weight.to(ScalarType.BFloat16), null)));

    private static float Distance(Tensor expected, Tensor actual) => (expected - actual).abs().max().item<float>();
}
