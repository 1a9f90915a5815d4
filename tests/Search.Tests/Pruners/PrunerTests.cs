using Nola.Search.Pruners;

namespace Nola.Search.Tests.Pruners;

public class PrunerTests
{
    public static TheoryData<string> Names => ["median", "halving", "hyperband", "patience", "patience+median", "threshold"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Report_TrialsReplayedAfterACrash_DecidesTheSame(string name)
    {
        var (one, again) = (Create(name), Create(name));
        for (var trial = 0; trial < 20; trial++)
        {
            for (var step = 1; step <= 9; step++)
                one.Report(trial, step, Curve(trial, step));
            one.End(trial, trial % 6 == 5 ? ObservationState.Failed : ObservationState.Completed);
        }

        for (var trial = 0; trial < 20; trial++)
        {
            for (var step = 1; step <= 9; step++)
                again.Report(trial, step, Curve(trial, step));
            again.End(trial, trial % 6 == 5 ? ObservationState.Failed : ObservationState.Completed);
        }

        for (var step = 1; step <= 9; step++)
            Assert.Equal(one.Report(20, step, Curve(7, step)), again.Report(20, step, Curve(7, step)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Report_LostTrialsAndNaN_GoesOn(string name)
    {
        var pruner = Create(name);
        for (var trial = 0; trial < 40; trial++)
        {
            for (var step = 1; step <= trial % 10; step++)
                pruner.Report(trial, step, trial % 7 == 3 ? double.NaN : Curve(trial, step));
            if (trial % 4 != 0)
                pruner.End(trial, (ObservationState)(trial % 4));
        }

        pruner.End(999, ObservationState.Completed);
        Assert.True(Enum.IsDefined(pruner.Report(50, 1, 0.1)));
    }

    [Fact]
    public void Patience_NoGainForThreeReports_Prunes()
    {
        var pruner = new PatiencePruner(new() { Reports = 3 });

        var decisions = new[] { 3.0, 2, 2.5, 2.4, 2.3, 2.2, 2.1 }.Select((value, step) => pruner.Report(0, step, value)).ToArray();

        Assert.Equal(5, Array.IndexOf(decisions, PruneDecision.Prune));
    }

    [Fact]
    public void Threshold_ValueOutsideOrNaN_Prunes()
    {
        var pruner = new ThresholdPruner(new() { High = 2, WarmupSteps = 2 });

        Assert.Equal(PruneDecision.Continue, pruner.Report(0, 1, 9));
        Assert.Equal(PruneDecision.Continue, pruner.Report(0, 2, 2));
        Assert.Equal(PruneDecision.Prune, pruner.Report(0, 3, 2.1));
        Assert.Equal(PruneDecision.Prune, pruner.Report(1, 3, double.NaN));
    }

    [Fact]
    public void Pausing_RoomWhileOthersWait_PromotesTheBestOfEachRungOnce()
    {
        var halving = new PausingHalving(new() { LeastSteps = 1, Factor = 2 });
        for (var trial = 0; trial < 4; trial++)
            Assert.Equal(PruneDecision.Pause, halving.Report(trial, 1, trial == 3 ? double.NaN : trial));

        Assert.Equal([0, 1], halving.Promotable(_ => true));
        Assert.Equal([1], halving.Promotable(trial => trial != 0));

        Assert.Equal(PruneDecision.Pause, halving.Report(0, 2, 5));
        Assert.Equal(PruneDecision.Pause, halving.Report(1, 2, 4));
        Assert.Equal([1], halving.Promotable(_ => true));
        Assert.Equal(PruneDecision.Continue, halving.Report(1, 3, 4));
        // Room for a second one at the lower rung, now that six have come there.
        halving.Report(4, 1, 1.5);
        halving.Report(5, 1, 9);
        Assert.Equal([1, 4], halving.Promotable(_ => true));
    }

    private static double Curve(int trial, int step) => (trial * 7 % 11) / 10.0 + 1.0 / step;

    private static IPruner Create(string name) => name switch
    {
        "median" => new PercentilePruner(new() { StartupTrials = 2 }),
        "halving" => new HalvingPruner(new() { LeastSteps = 1, Factor = 2 }),
        "hyperband" => new HyperbandPruner(new() { MostSteps = 9 }, "s"),
        "patience" => new PatiencePruner(new() { Reports = 2 }),
        "patience+median" => new PatiencePruner(new() { Reports = 2 }, new PercentilePruner(new())),
        _ => new ThresholdPruner(new() { Low = 0, High = 0.8 }),
    };
}
