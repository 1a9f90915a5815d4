using Nola.Training.Loop;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Loop;

public sealed class StepLossesTests
{
    [Fact]
    public void Add_OnTheCpu_ReadsAtOnce()
    {
        using var losses = new StepLosses(isLate: false);

        losses.Add(0, tensor(2f));

        Assert.Equal(2, losses.Last);
        Assert.Null(losses.Diverged);
    }

    [Fact]
    public void Add_OnAGpu_ReadsALossWhenTheNextOneIsThere()
    {
        using var losses = new StepLosses(isLate: true);

        losses.Add(0, tensor(2f));
        Assert.Null(losses.Last);
        losses.Add(1, tensor(float.NaN));
        Assert.Equal(2, losses.Last);
        Assert.Null(losses.Diverged);
        losses.Add(2, tensor(1f));

        Assert.Equal(1, losses.Diverged);
    }

    [Fact]
    public void ReadAll_OnAGpu_ReadsTheLastOneToo()
    {
        using var losses = new StepLosses(isLate: true);
        losses.Add(5, tensor(float.PositiveInfinity));

        losses.ReadAll();

        Assert.Equal(5, losses.Diverged);
    }
}
