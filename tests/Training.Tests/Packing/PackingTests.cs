using System.Collections.Immutable;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Training.Loop;
using Nola.Training.Packing;
using Nola.Training.Tests.Loop;

namespace Nola.Training.Tests.Packing;

public sealed class PackingTests : IDisposable
{
    private readonly ToyTrial toy = new();
    private readonly TrialPacker packer = new();

    public void Dispose()
    {
        packer.Dispose();
        toy.Dispose();
    }

    [Theory]
    [InlineData("lora", "bert")]
    [InlineData("ia3", "bert")]
    [InlineData("lora", "roberta")]
    [InlineData("lora", "distilbert")]
    public void Execute_TrialsTogether_EachEndsAsAlone(string method, string architecture)
    {
        toy.BecomeA(architecture);
        var specs = Enumerable.Range(0, 4).Select(number => Trial(number, method)).ToArray();
        var alone = specs.Select(spec => Run(spec, "alone", null)).ToArray();
        var together = Together(specs);

        for (var trial = 0; trial < specs.Length; trial++)
            PackedResults.AssertEqual(alone[trial], together[trial]);
        Assert.True(packer.PackedPasses >= 10, $"{packer.PackedPasses} passes had more than one trial");
    }

    [Fact]
    public void Execute_ClassesOfWords_EachEndsAsAlone()
    {
        var file = Path.Combine(toy.Folder, "train.conll");
        File.WriteAllText(file, string.Join("\n\n", Enumerable.Range(0, 60).Select(sentence => string.Concat(Enumerable.Repeat("the O\n", sentence % 7)) + (sentence % 2 == 0 ? "heart B-HEART" : "pain O"))));
        var specs = Enumerable.Range(0, 2).Select(number => Trial(number, "lora") with
        {
            Task = "token-classification",
            Dataset = new() { Id = "toy", Train = [file] },
            Objective = new("micro-f1", Direction.Maximize),
        }).ToArray();
        var alone = specs.Select(spec => Run(spec, "alone", null)).ToArray();
        var together = Together(specs);

        PackedResults.AssertEqual(alone[0], together[0]);
        PackedResults.AssertEqual(alone[1], together[1]);
        Assert.True(packer.PackedPasses >= 3, $"{packer.PackedPasses} passes had more than one trial");
    }

    [Fact]
    public void Execute_OthersArePrunedStopOrFail_TheRestEndAsAlone()
    {
        var specs = Enumerable.Range(0, 4).Select(number => Trial(number, "lora")).ToArray();
        specs[1] = specs[1] with { Training = specs[1].Training with { MaxLength = 1000 } };
        var alone = Run(specs[3], "alone", null);
        using var stop = new CancellationTokenSource();

        var together = Together(specs, number => number switch
        {
            0 => new(measurement => new(measurement.Step == 10 ? DirectiveAction.Prune : DirectiveAction.Continue)),
            2 => new(measurement =>
            {
                if (measurement.Step == 5)
                    stop.Cancel();
                return Directive.Continue;
            }),
            _ => new(),
        }, number => number == 2 ? stop.Token : default);

        Assert.Equal(new Pruned(10), together[0].Result!.Outcome);
        Assert.IsType<Failed>(together[1].Result!.Outcome);
        Assert.Null(together[2].Result);
        PackedResults.AssertEqual(alone, together[3]);
        var resumed = Together([specs[2], specs[3] with { Id = new("packed", 0, 5) }]);
        Assert.Equal(5, resumed[0].Result!.ResumedFromStep);
        Assert.Equal(Run(specs[2], "alone", null).Result!.Metrics["loss"], resumed[0].Result!.Metrics["loss"], PackedResults.Tolerance);
    }

    [Fact]
    public void Execute_TrialsTogether_ShareTheTimeOfTheirPasses()
    {
        var began = TimeProvider.System.GetTimestamp();
        var together = Together([.. Enumerable.Range(0, 4).Select(number => Trial(number, "lora"))]);

        Assert.True(together.Sum(trial => trial.Result!.Usage.TrainingTime.Ticks) <= TimeProvider.System.GetElapsedTime(began).Ticks * 1.05);
        Assert.All(together, trial => Assert.True(trial.Result!.Usage.TrainingTime > TimeSpan.Zero));
    }

    [Fact]
    public void Execute_MethodsThatCannotBePacked_TakeTurns()
    {
        var specs = new[] { "dora", "bitfit", "full" }.Select((method, number) => Trial(number, method)).ToArray();
        var alone = specs.Select(spec => Run(spec, "alone", null)).ToArray();
        var together = Together(specs);

        for (var trial = 0; trial < specs.Length; trial++)
            Assert.Equal(alone[trial].Result!.Metrics, together[trial].Result!.Metrics);
        Assert.Equal(0, packer.PackedPasses);
    }

    private static readonly double[] Rates = [1e-2, 3e-3, 2e-2, 5e-3];

    // Different in all that may differ: rank, scale, dropout, targets, rate, seed, batches, epochs. Those with IA3 have their batches in common.
    private TrialSpec Trial(int number, string method)
    {
        var spec = toy.Spec(method);
        return spec with
        {
            Id = new("packed", 0, number),
            Seed = method == "ia3" ? 0 : number / 2,
            Method = spec.Method is LoraMethod { Dora: false } lora
                ? lora with { Rank = 2 << number, Alpha = 8 + number, Dropout = number * 0.1, Targets = number == 3 ? [] : [LayerTargets.AllLinear] }
                : spec.Method,
            Training = spec.Training with
            {
                LearningRate = Rates[number],
                BatchSize = number == 2 && method != "ia3" ? 12 : 16,
                AccumulationSteps = number == 1 && method != "ia3" ? 2 : 1,
                Epochs = 1.5 - (number * 0.25),
                EvaluateEvery = 5,
            },
        };
    }

    private (RunResult? Result, ToyTrial.Observer Heard)[] Together(TrialSpec[] specs, Func<int, ToyTrial.Observer>? observer = null, Func<int, CancellationToken>? stop = null) =>
        PackedResults.Together(specs.Length, index => Run(specs[index], "together", packer, observer?.Invoke(index), stop?.Invoke(index) ?? default));

    // Without a result when it was told to give up.
    private (RunResult? Result, ToyTrial.Observer Heard) Run(TrialSpec spec, string folder, TrialPacker? with, ToyTrial.Observer? observer = null, CancellationToken stop = default)
    {
        observer ??= new();
        var run = new TrainingRun(toy.Cache, TimeProvider.System, null, with);
        try
        {
            return (run.Execute(spec, toy.Artifacts($"{folder}{spec.Id.Number}"), Allowance.Unbounded, observer, stop), observer);
        }
        catch (OperationCanceledException)
        {
            return (null, observer);
        }
    }
}
