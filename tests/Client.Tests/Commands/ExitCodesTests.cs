using Nola.Client.Commands;
using Nola.Core.Experiments;

namespace Nola.Client.Tests.Commands;

public class ExitCodesTests
{
    [Theory]
    [InlineData(nameof(OutcomeCounts.Completed), ExitCodes.Success)]
    [InlineData(nameof(OutcomeCounts.OutOfBudget), ExitCodes.Success)]
    [InlineData(nameof(OutcomeCounts.Pruned), ExitCodes.Success)]
    [InlineData(nameof(OutcomeCounts.Diverged), ExitCodes.TrialsFailed)]
    [InlineData(nameof(OutcomeCounts.Failed), ExitCodes.TrialsFailed)]
    [InlineData(nameof(OutcomeCounts.Cancelled), ExitCodes.TrialsFailed)]
    public void Of_OneTrialOfTen_EndedOtherwise(string outcome, int expected)
    {
        var counts = new OutcomeCounts { Completed = 9 };
        typeof(OutcomeCounts).GetProperty(outcome)!.SetValue(counts, 1L);

        Assert.Equal(expected, ExitCodes.Of(Status(ExperimentState.Finished, counts)));
    }

    [Theory]
    [InlineData(ExperimentState.Cancelled, ExitCodes.TrialsFailed)]
    [InlineData(ExperimentState.Paused, ExitCodes.Interrupted)]
    public void Of_State_WithoutTrials(ExperimentState state, int expected) => Assert.Equal(expected, ExitCodes.Of(Status(state, OutcomeCounts.None)));

    private static ExperimentStatus Status(ExperimentState state, OutcomeCounts counts) => new()
    {
        Id = "x",
        State = state,
        Objective = new("value", Direction.Minimize),
        Studies = [new() { Index = 0, Name = "function", Counts = counts }],
    };
}
