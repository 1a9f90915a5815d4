using System.Collections.Concurrent;
using System.Collections.Immutable;
using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Core.Trials;
using Nola.Grains.Execution;

namespace Nola.Grains.Tests.Execution;

public class FunctionRunnerTests
{
    private readonly Listener listener = new();

    [Fact]
    public async Task Run_NoDurationAndNoCurve_TellsTheEndAlone()
    {
        var result = await Run(new() { Id = "f", Function = "sphere" }, ("x", 2.0));

        Assert.Equal((new Completed(), 4.0), (result.Outcome, result.Objective));
        Assert.Empty(listener.Heard);
    }

    [Fact]
    public async Task Run_Curve_IsReportedWithoutTakingTime()
    {
        var result = await Run(new() { Id = "f", Function = "sphere", Curve = 3, Steps = 5 }, ("x", 2.0));

        Assert.Equal((new Completed(), 4.0, TimeSpan.Zero), (result.Outcome, result.Objective, result.Usage.TrainingTime));
        Assert.Equal([1, 2, 3, 4, 5], listener.Heard.Select(measurement => (int)measurement.Step));
        Assert.Equal(listener.Heard.Select(Value).OrderDescending(), listener.Heard.Select(Value));
        Assert.InRange(Value(listener.Heard.First()), 4.5, 7);
    }

    [Fact]
    public async Task Run_Pruned_EndsWithTheValueOfThatStep()
    {
        listener.Answer = measurement => measurement.Step == 2 ? new(DirectiveAction.Prune) : Directive.Continue;

        var result = await Run(new() { Id = "f", Function = "sphere", Curve = 3 }, ("x", 2.0));

        Assert.Equal(new Pruned(2), result.Outcome);
        Assert.Equal(Value(listener.Heard.Last()), result.Objective);
    }

    [Fact]
    public async Task Run_FailureRate_FailsMidway()
    {
        var result = await Run(new() { Id = "f", Function = "sphere", Curve = 3, Steps = 1000, FailureRate = 1 }, ("x", 2.0));

        Assert.Equal("It was to fail: so says its failureRate.", Assert.IsType<Failed>(result.Outcome).Reason);
        Assert.InRange(listener.Heard.Count, 1, 999);
    }

    [Fact]
    public async Task Run_TwoObjectives_MeasuresBoth()
    {
        var result = await Run(new() { Id = "f", Function = "zdt1" }, ("x0", 0.25), ("x1", 0.0));

        Assert.Equal([("value", 0.25), ("value2", 0.5)], result.Metrics.Select(metric => (metric.Key, metric.Value)));
    }

    [Fact]
    public async Task Run_NoNumber_Diverges() =>
        Assert.Equal(new Diverged(1), (await Run(new() { Id = "f", Function = "zdt1" }, ("x0", -1.0), ("x1", 0.0))).Outcome);

    [Theory]
    [InlineData("The function branin needs the parameter x1.", "branin", "x0", 1.0)]
    [InlineData("There is no function 'spheer'; known are constant, sphere, branin, hartmann6, rosenbrock, mixed-lora, conditional, zdt1, failing, diverging.", "spheer", "x0", 1.0)]
    [InlineData("The parameter value big is not a number.", "mixed-lora", "rank", "big", "lr", 1e-4, "alpha", 1.0, "dropout", 0.1)]
    public async Task Run_WhatItCannotEvaluate_FailsWithTheReason(string reason, string function, params object[] point)
    {
        var result = await Run(new() { Id = "f", Function = function }, [.. point.Chunk(2).Select(pair => ((string)pair[0], pair[1] is double number ? (ParameterValue)number : (string)pair[1]))]);

        Assert.Equal(new Failed(reason), result.Outcome);
    }

    private static double Value(Measurement measurement) => measurement.Metrics["value"];

    private Task<RunResult> Run(FunctionMethod method, params (string Name, ParameterValue Value)[] point)
    {
        var trial = new TrialSpec
        {
            Id = new("x", 0, 3), Task = "function", Model = new NoModel { Id = "none" }, Method = method, Objective = new("value", Direction.Minimize),
            Parameters = point.ToImmutableSortedDictionary(item => item.Name, item => item.Value),
        };
        return new FunctionRunner(TimeProvider.System).Run(new(trial, null!, null!, "", Allowance.Unbounded), listener, CancellationToken.None);
    }

    private sealed class Listener : ITrialReporter
    {
        public ConcurrentQueue<Measurement> Heard { get; } = [];

        public Func<Measurement, Directive> Answer { get; set; } = _ => Directive.Continue;

        public ValueTask<Directive> Progress(TrialProgress progress) => new(Directive.Continue);

        public ValueTask<Directive> Report(Measurement measurement)
        {
            Heard.Enqueue(measurement);
            return new(Answer(measurement));
        }
    }
}
