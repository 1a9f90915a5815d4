using System.Text.Json.Nodes;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Data;
using Nola.Training.Models;
using Nola.Training.Tasks;
using Nola.Training.Tests.Loop;
using Nola.Training.Tokenizers;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Tasks;

public sealed class TokenClassificationTests : IDisposable
{
    private readonly ToyTrial toy = new();

    public void Dispose() => toy.Dispose();

    [Theory]
    [InlineData("full")]
    [InlineData("lora")]
    public void Execute_ToyEntities_FindsThem(string method)
    {
        var result = toy.Run(Spec(method), "ner-" + method);

        Assert.IsType<Completed>(result.Outcome);
        Assert.True(result.Metrics["micro-f1"] > 0.9, $"entity F1 on the test split is {result.Metrics["micro-f1"]}");
        Assert.Equal(["accuracy", "f1/BONE", "f1/HEART", "loss", "macro-f1", "micro-f1", "precision", "recall", "weighted-f1"], result.Metrics.Keys);
        Assert.Equal("""["B-BONE","B-HEART","I-HEART","O"]""", File.ReadAllText(Path.Combine(toy.Artifacts("ner-" + method), "labels.json")));
        if (method == "full")
        {
            var config = JsonNode.Parse(File.ReadAllText(Path.Combine(toy.Artifacts("ner-full"), "model", "config.json")))!;
            Assert.Equal(("BertForTokenClassification", "I-HEART"), ((string?)config["architectures"]![0], (string?)config["id2label"]!["2"]));
        }
    }

    [Fact]
    public void Loss_Batch_IsTheMeanOverFirstTokens()
    {
        var task = ToyTrial.TaskOf(Spec("full"));
        using var scope = NewDisposeScope();
        var batch = task.TrainingBatch(0);
        var configuration = ModelConfiguration.Read(Path.Combine(toy.Folder, "base"));
        using var weights = Weights.Create(configuration.BaseWeights().Concat(configuration.HeadWeights(Head.TokenClassification, 4)), 0.1);
        using var adapters = new Training.Adapters.AdapterSet();
        var model = configuration.Build(weights, adapters, Precision.Float32);

        var loss = task.Loss(model, batch).item<float>();

        var logProbabilities = model.ClassifyTokens(batch.Ids, batch.Mask).log_softmax(2);
        double sum = 0;
        var count = 0;
        for (var row = 0; row < batch.Labels.shape[0]; row++)
            for (var column = 0; column < batch.Labels.shape[1]; column++)
                if (batch.Labels[row, column].item<long>() is >= 0 and var label)
                {
                    sum -= logProbabilities[row, column, label].item<float>();
                    count++;
                }

        Assert.Equal(sum / count, loss, 1e-5);
        Assert.Equal(batch.Tokens - (2 * batch.Samples), count); // every toy word is one token
    }

    [Fact]
    public void Create_SamplesPerClass_CountsSentencesByTheirFirstEntity()
    {
        var spec = Spec("full");
        // BONE, HEART, and none
        Assert.Equal(12, ToyTrial.TaskOf(spec with { Budget = spec.Budget with { SamplesPerClass = 4 } }).Samples);
    }

    [Fact]
    public void Create_NoValidationSplit_HoldsOutATenth()
    {
        var task = ToyTrial.TaskOf(Spec("full"));

        Assert.InRange(task.Count(Split.Validation), 19, 23);
        Assert.Equal(200, task.Samples + task.Count(Split.Validation));
    }

    [Fact]
    public void Create_TextsWithoutTags_Fails() => Assert.Contains(
        "reads CoNLL files",
        Assert.Throws<TrialFailedException>(() => ToyTrial.TaskOf(toy.Spec(task: "token-classification"))).Message,
        StringComparison.Ordinal);

    private TrialSpec Spec(string method) => toy.Entities(method);
}
