using Nola.Training.Optimization;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Optimization;

/// <summary>Against torch.optim.AdamW of libtorch itself.</summary>
public sealed class AdamWTests : IDisposable
{
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    // 5 values: less than a vector; 100,000: several chunks with a rest; transposed: the path of separate operations; flat: that of GPUs.
    [Theory]
    [InlineData(5, false, false)]
    [InlineData(100_003, false, false)]
    [InlineData(1000, true, false)]
    [InlineData(1000, false, true)]
    public void Step_TwentySteps_EqualsTorch(int count, bool transposed, bool flat)
    {
        manual_seed(1);
        var start = randn(count);
        var ours = Layout(start.clone()).requires_grad_();
        using var theirs = new TorchSharp.Modules.Parameter(start.clone());
        using var reference = optim.AdamW([theirs], lr: 0.01, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.1);
        using var optimizer = new AdamW([KeyValuePair.Create("x", ours)], weightDecay: 0.1, isFlat: flat);
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

    // Three tensors of different shapes; the gradients grow, so that the first steps are not clipped and the last ones are.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_WithALargestNorm_ClipsAsTorchDoes(bool flat)
    {
        manual_seed(3);
        Tensor[] starts = [randn(40, 30), randn(7), randn(3, 5, 2)];
        var ours = starts.Select(start => start.clone().requires_grad_()).ToArray();
        var theirs = starts.Select(start => new TorchSharp.Modules.Parameter(start.clone())).ToArray();
        using var reference = optim.AdamW(theirs, lr: 0.01, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.01);
        using var optimizer = new AdamW(ours.Select((tensor, index) => KeyValuePair.Create($"{index}", tensor)), isFlat: flat);
        for (var step = 0; step < 10; step++)
        {
            foreach (var (mine, other) in ours.Zip(theirs))
            {
                mine.grad = randn_like(mine) * 0.01 * step;
                other.grad = mine.grad.clone();
            }

            nn.utils.clip_grad_norm_(theirs, 1);
            optimizer.Step(0.01, clipNorm: 1);
            reference.step();
        }

        foreach (var (mine, other) in ours.Zip(theirs))
            Assert.InRange((mine - other).abs().max().item<float>(), 0, 2e-6);
    }

    // What a GPU does with few values: they lie in one tensor, and are still those that the model computes with and that checkpoints save.
    [Fact]
    public void Step_Flat_KeepsTensorsStateAndSkipsWhatHasNoGradient()
    {
        manual_seed(4);
        var (one, other) = (randn(4, 3).requires_grad_(), randn(5).requires_grad_());
        var (before, untouched) = (one.detach().clone(), other.detach().clone());
        using var optimizer = new AdamW([KeyValuePair.Create("one", one), KeyValuePair.Create("other", other)], isFlat: true);

        (one * 2).sum().backward();
        optimizer.Step(0.1);

        Assert.Equal([4, 3], one.shape);
        Assert.True(one.is_leaf && one.requires_grad);
        Assert.False(allclose(one, before));
        Assert.True(allclose(other, untouched));
        Assert.Equal(["mean/one", "square/one", "mean/other", "square/other"], optimizer.State.Select(item => item.Key));
        Assert.True(allclose(optimizer.State.First().Value, full([4, 3], 0.2f)));

        optimizer.ClearGradients();
        ((one * 2).sum() + other.sum()).backward();
        optimizer.Step(0.1);

        Assert.False(allclose(other, untouched));
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
