using System.Collections.Immutable;
using System.Text.Json;
using Nola.Search.Pruners;
using Nola.Testing;

namespace Nola.Search.Tests.Pruners;

/// <summary>The decisions of Optuna's pruners on forty learning curves, one trial after another.</summary>
public class OptunaPrunerTests
{
    [Theory]
    [InlineData("median")]
    [InlineData("median_w5_i3")]
    [InlineData("percentile25")]
    [InlineData("sha_default")]
    [InlineData("sha_min1_eta3")]
    [InlineData("sha_min1_eta3_boot3")]
    [InlineData("hyperband_1_27_3")]
    [InlineData("hyperband_auto")]
    public void Report_CurvesOfTheOracle_PrunesAtTheSameSteps(string name)
    {
        using var golden = Golden();
        var curves = golden.RootElement.GetProperty("pruner_curves").EnumerateArray().Select(curve => curve.EnumerateArray().Select(value => value.GetDouble()).ToArray()).ToArray();
        foreach (var item in golden.RootElement.GetProperty("pruners").EnumerateArray().Where(item => item.GetProperty("pruner").GetString() == name))
        {
            var sign = item.GetProperty("direction").GetString() == "maximize" ? -1 : 1;
            var pruner = Create(name);
            var expected = item.GetProperty("pruned_at").EnumerateArray().Select(step => step.ValueKind == JsonValueKind.Null ? null : (int?)step.GetInt32()).ToArray();
            Assert.Equal(expected, curves.Select((curve, trial) => Run(pruner, trial, curve, sign)));
        }
    }

    [Fact]
    public void BracketOf_TrialsOfTheOracle_AreInTheSameBrackets()
    {
        using var golden = Golden();
        foreach (var item in golden.RootElement.GetProperty("hyperband").EnumerateArray())
        {
            var options = new HyperbandOptions { LeastSteps = item.GetProperty("min").GetInt64(), Factor = item.GetProperty("eta").GetInt32() };
            var budgets = HyperbandPruner.Budgets(options, item.GetProperty("max").GetInt64());
            Assert.Equal(item.GetProperty("budgets").EnumerateArray().Select(budget => budget.GetInt32()), budgets);
            var brackets = item.GetProperty("bracket_ids").EnumerateArray().Select(bracket => bracket.GetInt32()).ToArray();
            Assert.Equal(brackets, Enumerable.Range(0, brackets.Length).Select(trial => HyperbandPruner.BracketOf(Study, trial, budgets)));
        }
    }

    [Fact]
    public void Budgets_PowerThatLogarithmsMiss_HasTheBracketsOfTheReference() =>
        Assert.Equal(5, HyperbandPruner.Budgets(new(), 243).Length); // ln 243 / ln 3 = 4.999…

    private const string Study = "exp-1";

    private static IPruner Create(string name) => name switch
    {
        "median" => new PercentilePruner(new()),
        "median_w5_i3" => new PercentilePruner(new() { WarmupSteps = 5, Interval = 3 }),
        "percentile25" => new PercentilePruner(new() { Percentile = 25 }),
        "sha_default" => new HalvingPruner(new()),
        "sha_min1_eta3" => new HalvingPruner(new() { LeastSteps = 1, Factor = 3 }),
        "sha_min1_eta3_boot3" => new HalvingPruner(new() { LeastSteps = 1, Factor = 3, StartupTrials = 3 }),
        "hyperband_1_27_3" => new HyperbandPruner(new() { MostSteps = 27 }, Study),
        _ => new HyperbandPruner(new(), Study),
    };

    private static int? Run(IPruner pruner, int trial, double[] curve, int sign)
    {
        for (var step = 1; step <= curve.Length; step++)
        {
            if (pruner.Report(trial, step, sign * curve[step - 1]) == PruneDecision.Continue)
                continue;
            pruner.End(trial, ObservationState.Pruned);
            return step;
        }

        pruner.End(trial, ObservationState.Completed);
        return null;
    }

    private static JsonDocument Golden() => JsonDocument.Parse(File.ReadAllText(SharedData.Require("oracle/optuna/optuna-5.0.0.dev.json")));
}
