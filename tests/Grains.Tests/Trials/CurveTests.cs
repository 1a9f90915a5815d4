using Nola.Core.Trials;
using Nola.Grains.Trials;

namespace Nola.Grains.Tests.Trials;

public class CurveTests
{
    [Fact]
    public void Add_ManyMeasurements_KeepsFewEvenlySpaced()
    {
        ImmutableArray<Measurement> curve = [];
        for (var step = 1; step <= 5000; step++)
            curve = Curve.Add(curve, new() { Step = step });

        Assert.Equal(Curve.Size, curve.Length);
        Assert.Equal((1, 5000), (curve[0].Step, curve[^1].Step));
        var gaps = curve.Zip(curve.Skip(1), (one, next) => next.Step - one.Step).ToArray();
        Assert.True(gaps.Max() <= 3 * 5000 / Curve.Size, $"largest gap {gaps.Max()}");
    }

    [Fact]
    public void Add_StepOfALostAttempt_TakesItsPlace()
    {
        ImmutableArray<Measurement> curve = [new() { Step = 1 }, new() { Step = 2 }, new() { Step = 3 }];

        curve = Curve.Add(curve, new() { Step = 2, Epoch = 0.5 });

        Assert.Equal([(1, 0), (2, 0.5)], curve.Select(measurement => (measurement.Step, measurement.Epoch)));
    }
}
