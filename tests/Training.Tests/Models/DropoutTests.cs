using Nola.Training.Models;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Models;

public sealed class DropoutTests
{
    private const int Count = 1_000_003; // no multiple of a vector

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Apply_Ones_HasTheShareOfZerosAndTheMeanOfOne(double share)
    {
        var values = Mask(new(seed: 7, step: 3), share);

        var zeros = values.Count(value => value == 0);
        var deviation = Math.Sqrt(Count * share * (1 - share)); // of a binomial distribution
        Assert.InRange(zeros - (Count * share), -4 * deviation, 4 * deviation);
        Assert.All(values.Where(value => value != 0).Take(1000), value => Assert.Equal(1 / (1 - share), value, 5));
    }

    [Fact]
    public void Apply_ShareOfZero_LeavesTheValues()
    {
        using var x = rand(5);

        Assert.Same(x, new Dropout(1, 1).Apply(x, 0));
    }

    [Fact]
    public void Apply_ShareOfOne_Throws()
    {
        using var x = rand(5);

        Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(1, 1).Apply(x, 1));
    }

    [Fact]
    public void Apply_SameSeedStepAndPlace_DrawsTheSameMask() => Assert.Equal(Mask(new(7, 3), 0.1), Mask(new(7, 3), 0.1));

    [Theory]
    [InlineData(8, 3, 0)]
    [InlineData(7, 4, 0)]
    [InlineData(7, 3, 1)]
    public void Apply_OtherSeedStepOrPlace_DrawsAnIndependentMask(long seed, long step, int place)
    {
        var one = Mask(new(7, 3), 0.5);
        var dropout = new Dropout(seed, step);
        for (var earlier = 0; earlier < place; earlier++)
            Mask(dropout, 0.5);

        Assert.InRange(Correlation(one, Mask(dropout, 0.5)), -0.005, 0.005); // five deviations of 1/√count
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(128)]
    [InlineData(256)]
    public void Apply_NeighboursAtADistance_AreIndependent(int distance)
    {
        var mask = Mask(new(7, 3), 0.5);

        Assert.InRange(Correlation(mask[..^distance], mask[distance..]), -0.005, 0.005);
    }

    [Fact]
    public void Apply_Backward_PassesTheMask()
    {
        using var scope = NewDisposeScope();
        var x = ones(1000, requires_grad: true);

        var y = new Dropout(7, 3).Apply(x, 0.3);
        y.sum().backward();

        Assert.Equal(y.data<float>().ToArray(), x.grad!.data<float>().ToArray());
    }

    // A transposed tensor is not contiguous.
    [Fact]
    public void Apply_OtherLayout_IsTheProductWithTheMask()
    {
        using var scope = NewDisposeScope();
        var x = randn(70, 33).t();

        var y = new Dropout(7, 3).Apply(x, 0.3);

        Assert.True(y.equal(x * new Dropout(7, 3).Mask(x.shape, 0.3, CPU)).all().item<bool>());
    }

    [Fact]
    public void Apply_AnyNumberOfThreads_DrawsTheSameMask()
    {
        var threads = get_num_threads();
        try
        {
            set_num_threads(1);
            var one = Mask(new(7, 3), 0.1);
            set_num_threads(3);
            Assert.Equal(one, Mask(new(7, 3), 0.1));
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private static float[] Mask(Dropout dropout, double share)
    {
        using var scope = NewDisposeScope();
        return dropout.Apply(ones(Count), share).data<float>().ToArray();
    }

    private static double Correlation(float[] left, float[] right) =>
        left.Zip(right, (one, other) => (one == 0 ? -1.0 : 1) * (other == 0 ? -1 : 1)).Average();
}
