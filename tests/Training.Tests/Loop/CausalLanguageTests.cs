using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Training.Generation;
using Nola.Training.Models;
using Nola.Training.Tests.Models;
using Nola.Training.Tokenizers;

namespace Nola.Training.Tests.Loop;

public sealed class CausalLanguageTests : IDisposable
{
    private readonly TinyLlama tiny = new();

    public void Dispose() => tiny.Dispose();

    [Fact]
    public void Execute_NewLlama_LearnsTheLanguageAndWritesIt()
    {
        var result = tiny.Run(tiny.Pretraining, "english");

        Assert.IsType<Completed>(result.Outcome);
        Assert.InRange(result.Metrics["perplexity-before"], 200, 400); // nearly every token of 320 is as likely
        Assert.InRange(result.Metrics["perplexity"], 1, 3);
        using var model = GoldenModel.Load(Path.Combine(tiny.Artifacts("english"), "model"), new FullMethod { Id = "full" }, Head.CausalLanguage, 0);
        var text = new TextGenerator(model.Model, Tokenizer.Load(Path.Combine(tiny.Artifacts("english"), "model"))).Generate("the", new() { MaxTokens = 12 });
        Assert.Matches("^ (cat|tree|river)", text);
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void Execute_LoraOnAnotherLanguage_TellsPerplexityBeforeAndAfterOnBoth(Precision precision)
    {
        var english = tiny.Run(tiny.Pretraining, "english");
        var spec = tiny.Adaptation("english");
        var polish = tiny.Run(spec with { Training = spec.Training with { Precision = precision } }, "polish");

        Assert.IsType<Completed>(polish.Outcome);
        Assert.True(polish.Metrics["perplexity"] < polish.Metrics["perplexity-before"] / 3, $"{polish.Metrics["perplexity"]} after {polish.Metrics["perplexity-before"]}");
        Assert.InRange(polish.Metrics["perplexity-english-before"], 0.8 * english.Metrics["perplexity"], 1.25 * english.Metrics["perplexity"]);
        Assert.True(polish.Metrics["perplexity-english"] > polish.Metrics["perplexity-english-before"], "nothing was forgotten");
        Assert.True(File.Exists(Path.Combine(tiny.Artifacts("polish"), "adapter", "adapter_model.safetensors")));
        Assert.Equal(polish.Parameters!.Peft, polish.Parameters.Trainable);
    }

    [Fact]
    public void Execute_StoppedAndResumed_EndsWithTheVeryMetrics()
    {
        tiny.Run(tiny.Pretraining, "english");
        var spec = tiny.Adaptation("english") with { Training = tiny.Pretraining.Training with { EvaluateEvery = 5, Epochs = 3 } };
        var undisturbed = tiny.Run(spec, "undisturbed");

        using var stop = new CancellationTokenSource();
        var observer = new ToyTrial.Observer(measurement =>
        {
            if (measurement.Step == 10)
                stop.Cancel();
            return Directive.Continue;
        });
        Assert.ThrowsAny<OperationCanceledException>(() => tiny.Run(spec, "disturbed", observer, stop.Token));
        var resumed = tiny.Run(spec, "disturbed");

        Assert.Equal(10, resumed.ResumedFromStep);
        Assert.Equal(undisturbed.Metrics, resumed.Metrics);
    }

    [Theory]
    [InlineData("full")]
    [InlineData("lora")]
    public void Execute_ClassificationWithTheModel_LearnsIt(string method)
    {
        tiny.Run(tiny.Pretraining, "english");
        string[] animals = ["cat", "dog", "bird"];
        File.WriteAllLines(Path.Combine(tiny.Folder, "animals.csv"), Enumerable.Range(0, 240).Select(row => $"\"today the {animals[row % 3]}{new string(',', row / 3 % 5)} sees a house\",{animals[row % 3]}").Prepend("text,label"));
        var spec = tiny.Adaptation("english") with
        {
            Task = "sequence-classification",
            Dataset = new() { Id = "animals", Train = [Path.Combine(tiny.Folder, "animals.csv")] },
            Objective = new("macro-f1", Direction.Maximize),
        };

        var result = tiny.Run(method == "full" ? spec with { Method = new FullMethod { Id = "full" } } : spec, method);

        Assert.IsType<Completed>(result.Outcome);
        Assert.True(result.Metrics["macro-f1"] > 0.95, $"macro-F1 is {result.Metrics["macro-f1"]}");
    }
}
