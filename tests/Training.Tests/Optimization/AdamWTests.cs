using Nola.Training.Optimization;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Optimization;

/// <summary>Against torch.optim.AdamW of libtorch itself.</summary>
public sealed class AdamWTests : IDisposable
{
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    // 5 values: less than a vector; 100,000: several chunks with a rest; transposed: the path of separate operations.
    [Theory]
    [InlineData(5, false)]
    [InlineData(100_003, false)]
    [InlineData(1000, true)]
    public void Step_TwentySteps_EqualsTorch(int count, bool transposed)
    {
        manual_seed(1);
        var start = randn(count);
        var ours = Layout(start.clone()).requires_grad_();
        using var theirs = new TorchSharp.Modules.Parameter(start.clone());
        using var reference = optim.AdamW([theirs], lr: 0.01, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.1);
        using var optimizer = new AdamW([KeyValuePair.Create("x", ours)], weightDecay: 0.1);
        for (var step = 0; step < 20; step++)
        {
            var gradient = randn(count) * (step + 1);
            ours.grad = Layout(gradient.clone());
            theirs.grad = gradient;
            optimizer.Step(0.01);
            reference.step();
        }

        Assert.True(optimizer.Steps == 20 && !allclose(start, theirs, atol: 0.01), "the reference has not moved");
        Assert.InRange((ours.reshape(-1) - theirs).abs().max().item<float>(), 0, 2e-6);

        // A view with gaps is not contiguous.
        Tensor Layout(Tensor values) => transposed ? stack([values, values], 1).select(1, 0).detach() : values;
    }

    [Fact]
    public void Step_AnyNumberOfThreads_GivesTheSameBits()
    {
        var threads = get_num_threads();
        try
        {
            Assert.True(AfterThreeSteps(1).equal(AfterThreeSteps(2)).all().item<bool>());
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private static Tensor AfterThreeSteps(int threads)
    {
        set_num_threads(threads);
        manual_seed(2);
        var value = randn(200_001).requires_grad_();
        using var optimizer = new AdamW([KeyValuePair.Create("x", value)]);
        for (var step = 0; step < 3; step++)
        {
            value.grad = randn(200_001);
            optimizer.Step(0.1);
        }

        return value.detach();
    }
}
