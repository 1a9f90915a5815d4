using System.Collections.Immutable;
using Nola.Core.Budgets;
using Nola.Core.Experiments;
using Nola.Core.Reports;
using Nola.Core.Searching;
using Nola.Core.Trials;

namespace Nola.Core.Tests.Reports;

public sealed class ReportBuilderTests
{
    private static readonly Objective MacroF1 = new("macro-f1", Direction.Maximize);

    [Fact]
    public void Build_ThreeSeeds_GivesMeanAndDeviationOfTheTestSplit()
    {
        var report = Build(Spec(), [Trial(0, 0, 0.5, 0.4), Trial(0, 1, 0.6, 0.5), Trial(0, 2, 0.7, 0.6)], [Trial(1, 0, 0.9, 0.3)]);

        var row = report.Rows[0];
        Assert.Equal(new Statistic(0.5, 0.1, 3), row.Metrics["macro-f1"] with { Mean = Math.Round(row.Metrics["macro-f1"].Mean, 12), Deviation = Math.Round(row.Metrics["macro-f1"].Deviation!.Value, 12) });
        Assert.Equal(new Statistic(0.3, null, 1), report.Rows[1].Metrics["macro-f1"]);
        Assert.True(row.IsBest);
        Assert.False(report.Rows[1].IsBest);
        Assert.Equal(4, report.Outcomes.Completed);
    }

    [Fact]
    public void Build_WithSearch_TakesTheSetThatIsBestOnValidation()
    {
        var good = Set(("learningRate", 1e-3));
        var lucky = Set(("learningRate", 1e-5));
        var report = Build(Spec(), [
            Trial(0, 0, 0.8, 0.5) with { Parameters = good }, Trial(0, 1, 0.8, 0.5) with { Parameters = good },
            Trial(0, 0, 0.7, 0.9) with { Parameters = lucky }, Trial(0, 1, 0.7, 0.9) with { Parameters = lucky },
            Trial(0, 0, 0.99, 0.99) with { Parameters = Set(("learningRate", 1.0)) }, // its second seed is not done
        ]);

        Assert.Equal(0.5, report.Rows[0].Metrics["macro-f1"].Mean);
        Assert.Equal(good, report.Rows[0].Parameters);
    }

    [Fact]
    public void Build_BestSetIsInfeasible_TakesTheBestThatIsNot()
    {
        var (good, large) = (Set(("learningRate", 1e-3)), Set(("learningRate", 1e-5)));
        TrialRecord[] trials = [
            Trial(0, 0, 0.7, 0.5) with { Parameters = good }, Trial(0, 1, 0.7, 0.5) with { Parameters = good },
            Trial(0, 0, 0.9, 0.9) with { Parameters = large }, Large(Trial(0, 1, 0.9, 0.9) with { Parameters = large }),
        ];
        var spec = Spec() with { Constraints = [new("memory", null, 1000)] };
        var row = Build(spec, trials.Select(trial => trial.Result.PeakMemory > 0 ? trial : trial with { Result = trial.Result with { PeakMemory = 1000 } }).ToArray()).Rows[0];
        var none = Build(spec, trials.Select(Large).ToArray()).Rows[0];

        Assert.Equal((good, 1), (row.Parameters, row.Infeasible));
        Assert.Equal((4, false), (none.Infeasible, none.IsBest));
        Assert.Empty(none.Metrics);

        static TrialRecord Large(TrialRecord trial) => trial with { Result = trial.Result with { PeakMemory = 1001 } };
    }

    [Fact]
    public void Build_FailedAndDivergedTrials_CountButHaveNoPartInTheMean()
    {
        var failed = Trial(0, 1, 0, 0);
        failed = failed with { Result = new() { Outcome = new Failed("no memory") } };
        var diverged = Trial(0, 2, 0, 0);
        diverged = diverged with { Result = new() { Outcome = new Diverged(5) } };

        var row = Build(Spec(), [Trial(0, 0, 0.5, 0.4), failed, diverged]).Rows[0];

        Assert.Equal(0.4, row.Metrics["macro-f1"].Mean);
        Assert.Equal((1L, 1L, 1L), (row.Outcomes.Completed, row.Outcomes.Failed, row.Outcomes.Diverged));
    }

    [Fact]
    public void Build_NothingFinished_HasRowsWithoutNumbers()
    {
        var report = Build(Spec(), []);

        Assert.Equal(2, report.Rows.Length);
        Assert.All(report.Rows, row => Assert.True(row.Metrics.IsEmpty && row.Efficiency is null && row.SecondsToPeak is null && !row.IsBest));
        Assert.Equal(0m, report.Cost);
    }

    [Fact]
    public void Build_Cost_CountsLostAttemptsByTheRateCard()
    {
        var trial = Trial(0, 0, 0.5, 0.4) with { TotalUsage = new() { TrainingTime = TimeSpan.FromHours(2), InferenceTime = TimeSpan.FromHours(1) } };

        Assert.Equal(5.0m, Build(Spec(), [trial]).Rows[0].Cost);
    }

    [Fact]
    public void Build_Efficiency_ComparesStudiesOfOneDatasetAndBudget()
    {
        var report = Build(Spec(), [Trial(0, 0, 0.5, 0.4)], [Trial(1, 0, 0.5, 0.4) with { Result = Trial(1, 0, 0.5, 0.4).Result with { Parameters = new(10, 10, 1010) } }]);

        Assert.Equal(0.0, report.Rows[0].Efficiency); // trains 1000 weights
        Assert.Equal(1.0, report.Rows[1].Efficiency); // trains 10
    }

    private static Report Build(ExperimentSpec spec, params IReadOnlyList<TrialRecord>[] trials) =>
        ReportBuilder.Build(spec, new() { Id = "x", State = ExperimentState.Finished, Objective = MacroF1 }, trials);

    private static ExperimentSpec Spec() => new()
    {
        Name = "x",
        Task = "sequence-classification",
        Models = [new PretrainedModel { Id = "m", Path = "/m" }],
        Datasets = [new DatasetSpec { Id = "d" }],
        Methods = [new FullMethod { Id = "full" }, new LoraMethod { Id = "lora" }],
        Objective = MacroF1,
        Rates = new RateCard { Currency = "GBP", TrainingPerHour = 2m, InferencePerHour = 1m },
    };

    private static ImmutableSortedDictionary<string, ParameterValue> Set(params (string Name, double Value)[] values) =>
        values.ToImmutableSortedDictionary(item => item.Name, item => (ParameterValue)item.Value);

    private static TrialRecord Trial(int study, int seed, double validation, double test) => new()
    {
        Id = new("x", study, seed),
        Seed = seed,
        Result = new()
        {
            Outcome = new Completed(),
            Objective = validation,
            Metrics = ImmutableSortedDictionary<string, double>.Empty.Add("macro-f1", test),
            Best = new() { Step = 10, TrainingTime = TimeSpan.FromSeconds(3) },
            Parameters = new(1000, 1000, 1010),
        },
        TotalUsage = new() { TrainingTime = TimeSpan.FromSeconds(5), Samples = 100 },
    };
}
