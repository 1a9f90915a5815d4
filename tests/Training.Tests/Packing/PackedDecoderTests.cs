using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Training.Packing;
using Nola.Training.Tests.Loop;

namespace Nola.Training.Tests.Packing;

/// <summary>Decoders, whose tokens see those before them alone, and whose attention turns by position.</summary>
public sealed class PackedDecoderTests : IDisposable
{
    private static readonly double[] Rates = [1e-2, 3e-3, 2e-2];

    private readonly TinyLlama llama = new();
    private readonly TrialPacker packer = new();

    public void Dispose()
    {
        packer.Dispose();
        llama.Dispose();
    }

    [Theory]
    [InlineData("causal-lm", 0.0)]
    [InlineData("sequence-classification", 0.0)]
    [InlineData("sequence-classification", 0.2)]
    public void Execute_TrialsTogether_EachEndsAsAlone(string task, double dropout)
    {
        llama.Run(llama.Pretraining with { Budget = new() { Steps = 5 } }, "base");
        var specs = Rates.Select((rate, number) => Trial(task, number, rate, dropout)).ToArray();
        var alone = specs.Select((spec, number) => Run(spec, $"alone{number}", null)).ToArray();
        var together = PackedResults.Together(specs.Length, number => Run(specs[number], $"together{number}", packer));

        for (var number = 0; number < specs.Length; number++)
            PackedResults.AssertEqual(alone[number], together[number]);
        Assert.True(packer.PackedPasses >= 5, $"{packer.PackedPasses} passes had more than one trial");
    }

    private (RunResult? Result, ToyTrial.Observer Heard) Run(TrialSpec spec, string folder, TrialPacker? with)
    {
        var observer = new ToyTrial.Observer();
        return (llama.Run(spec, folder, observer, packer: with), observer);
    }

    // Different in rank, rate, targets, seed and so in the lengths of their batches.
    private TrialSpec Trial(string task, int number, double rate, double dropout)
    {
        var spec = llama.Adaptation("base");
        spec = spec with
        {
            Id = new("packed", 0, number),
            Seed = number,
            Method = (LoraMethod)spec.Method with { Rank = 2 << number, Dropout = dropout, Targets = number == 1 ? ["q_proj", "v_proj"] : [LayerTargets.AllLinear] },
            Training = spec.Training with { LearningRate = rate, BatchSize = 8, Epochs = 2 - (number * 0.5), Dropout = dropout == 0 ? null : dropout, EvaluateEvery = 5 },
        };
        if (task == "causal-lm")
            return spec;
        var file = Path.Combine(llama.Folder, "sentences.csv");
        if (!File.Exists(file))
            File.WriteAllLines(file, Enumerable.Range(0, 60).Select(row => string.Concat(Enumerable.Repeat("kot widzi ", 1 + (row % 5))) + (row % 2 == 0 ? "dom,house" : "drzewo,tree")).Prepend("text,label"));
        return spec with { Task = task, Dataset = new() { Id = "sentences", Train = [file] }, Objective = new("macro-f1", Direction.Maximize) };
    }
}
