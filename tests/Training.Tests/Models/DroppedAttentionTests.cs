using Nola.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Models;

/// <summary>Against the same by libtorch's operations, with the mask as a tensor.</summary>
public sealed class DroppedAttentionTests : IDisposable
{
    private const double Share = 0.2;

    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    // Lengths of a vector's multiple and others; one asking position, as in a last layer of which one is read; several pieces of work.
    [Theory]
    [InlineData(2, 3, 16, 16, 8)]
    [InlineData(3, 2, 13, 13, 5)]
    [InlineData(2, 2, 1, 19, 8)]
    [InlineData(8, 4, 64, 64, 16)]
    public void Of_AnyShape_HasValuesAndGradientsOfThePlainOperations(int batch, int heads, int asking, int length, int size)
    {
        manual_seed(1);
        var (query, key, value) = (Input(batch, asking, heads, size), Input(batch, length, heads, size), Input(batch, length, heads, size));
        var bias = cat([zeros(batch, 1, 1, length - 3), full([batch, 1, 1, 3], -1e9f)], -1);
        var outward = randn(batch, heads, asking, size);
        var dropout = new Dropout(7, 3);

        var ours = DroppedAttention.Of(Heads(query), Heads(key), Heads(value), bias, dropout.Next([batch, heads, asking, length], Share));
        var gradients = Gradients(ours);

        var scores = (Heads(query) / Math.Sqrt(size)).matmul(Heads(key).transpose(-2, -1)) + bias;
        var plain = (nn.functional.softmax(scores, -1) * new Dropout(7, 3).Mask([batch, heads, asking, length], Share, CPU)).matmul(Heads(value));
        Assert.InRange(Difference(plain, ours), 0, 1e-6);
        Assert.All(Gradients(plain).Zip(gradients), pair => Assert.InRange(Difference(pair.First, pair.Second), 0, 3e-6));

        Tensor Heads(Tensor x) => x.view(batch, -1, heads, size).transpose(1, 2);

        Tensor[] Gradients(Tensor of)
        {
            of.backward([outward]);
            return [.. new[] { query, key, value }.Select(input =>
            {
                var gradient = input.grad!.clone();
                input.grad = null;
                return gradient;
            })];
        }
    }

    [Fact]
    public void Of_ManyTimes_LeavesNoTensorBehind()
    {
        var x = randn(2, 2, 8, 4).requires_grad_();
        Once();
        var before = Tensor.TotalCount;

        for (var time = 0; time < 50; time++)
            Once();

        Assert.InRange(Tensor.TotalCount - before, -10, 10);

        void Once()
        {
            using var step = NewDisposeScope();
            DroppedAttention.Of(x, x, x, null, new Dropout(1, 2).Next([2, 2, 8, 8], Share)).sum().backward();
            x.grad = null;
        }
    }

    // As a linear layer gives it: [batch, length, heads × size].
    private static Tensor Input(int batch, int length, int heads, int size) => randn(batch, length, heads * size).requires_grad_();

    private static double Difference(Tensor one, Tensor other) => (one - other).abs().max().item<float>();
}
