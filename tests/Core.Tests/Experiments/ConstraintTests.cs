using System.Collections.Immutable;
using Nola.Core.Experiments;
using Nola.Core.Trials;

namespace Nola.Core.Tests.Experiments;

public sealed class ConstraintTests
{
    [Theory]
    [InlineData(null, 0.2, 0.1, -0.5)]
    [InlineData(null, 0.2, 0.2, 0)]
    [InlineData(null, 0.2, 0.3, 0.5)]
    [InlineData(0.5, null, 0.4, 0.2)]
    [InlineData(1.0, 2.0, 3.0, 0.5)]
    [InlineData(1.0, 2.0, 0.5, 0.5)]
    [InlineData(0.0, null, -3.0, 3)]
    [InlineData(null, 1.0, 1e300, Constraint.Unmeasured)]
    public void ExcessOf_Measured_IsAShareOfTheBound(double? low, double? high, double value, double excess) =>
        Assert.Equal(excess, new Constraint("latency", low, high).ExcessOf(Trial(new Completed(), value))!.Value, 12);

    [Fact]
    public void ExcessOf_NotMeasured_IsTheWorstOfACompletedTrialAndUnknownOfOthers()
    {
        var constraint = new Constraint("gone", null, 1);

        Assert.Equal(Constraint.Unmeasured, constraint.ExcessOf(Trial(new Completed(), 1)));
        Assert.Null(constraint.ExcessOf(Trial(new Pruned(3), 1)));
        Assert.Equal(0, Constraint.ViolationOf(Trial(new Pruned(3), 1), [constraint]));
    }

    [Fact]
    public void ViolationOf_Several_SumsWhatIsBroken() =>
        Assert.Equal(1.5, Constraint.ViolationOf(Trial(new Completed(), 2), [new("latency", null, 1), new("latency", 4, null), new("latency", 1, 3)]));

    private static TrialRecord Trial(Outcome outcome, double latency) => new()
    {
        Id = new("a", 0, 0),
        Result = new() { Outcome = outcome, Metrics = ImmutableSortedDictionary<string, double>.Empty.Add("latency", latency) },
    };
}
