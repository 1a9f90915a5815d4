using Nola.Core.Experiments;
using Nola.Core.Workers;
using Nola.Training.Models;
using Nola.Training.Prediction;
using Nola.Training.Safetensors;
using Nola.Training.Tests.Loop;
using Nola.Training.Tests.Models;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Prediction;

public sealed class FineTunedModelTests : IDisposable
{
    private static readonly TextToClassify[] Texts = [new("the heart was seen today", null), new("no bone pain", null), new("lung and breath and fever with no pain today", "the patient")];

    private readonly ToyTrial toy = new();

    public void Dispose() => toy.Dispose();

    [Theory]
    [InlineData("lora")]
    [InlineData("dora")]
    [InlineData("rslora")]
    [InlineData("ia3")]
    public void SaveMerged_AdapterOfPeft_GivesPeftsLogits(string adapter)
    {
        foreach (var folder in Golden.Folders("bert"))
        {
            using var scope = NewDisposeScope();
            var expected = Golden.Expected(folder);
            var merged = toy.Artifacts("merged-" + Guid.NewGuid());
            using (var model = FineTunedModel.Load(Path.Combine(folder, "base"), Path.Combine(folder, adapter)))
                model.SaveMerged(merged);

            using var plain = GoldenModel.Load(merged, new FullMethod { Id = "full" }, Head.SequenceClassification, 3);
            Golden.AssertClose(expected[$"{adapter}_logits"]!, plain.Model.Classify(Golden.Integers(expected["input_ids"]!), Golden.Integers(expected["attention_mask"]!)), 1e-5, "logits");
        }
    }

    [Theory]
    [InlineData("lora", true)]
    [InlineData("ia3", true)]
    [InlineData("prefix", false)]
    [InlineData("bitfit", false)]
    public void Predict_ModelOfATrial_EqualsItsMetricsAndItsMergedModel(string method, bool isMergeable)
    {
        var spec = toy.Spec(method);
        var result = toy.Run(spec with { Training = spec.Training with { Epochs = 2 } }, "trial");
        var rows = Data.DatasetReader.Read(spec.Dataset!, Data.Split.Test, needsLabels: true);
        var whole = Path.Combine(toy.Artifacts("trial"), "model");
        using var model = method == "bitfit" ? FineTunedModel.Load(whole, null) : FineTunedModel.Load(Path.Combine(toy.Folder, "base"), Path.Combine(toy.Artifacts("trial"), "adapter"));

        var found = model.Predict([.. rows.Select(row => new TextToClassify(row.Text, null))], spec.Training.MaxLength, default);

        Assert.Equal(["class0", "class1", "class2"], found.Labels);
        var right = rows.Zip(found.Probabilities).Count(row => row.First.Label == found.Labels[row.Second.IndexOf(row.Second.Max())]);
        Assert.Equal(result.Metrics["accuracy"], (double)right / rows.Count, 1e-9);
        Assert.All(found.Probabilities, row => Assert.Equal(1, row.Sum(), 1e-5f));
        if (!isMergeable)
            return;
        model.SaveMerged(toy.Artifacts("merged"));
        using var merged = FineTunedModel.Load(toy.Artifacts("merged"), null);
        Assert.Equal(found.Labels, merged.Labels);
        AssertClose(model.Predict(Texts, null, default), merged.Predict(Texts, null, default));
    }

    [Fact]
    public void SaveMerged_Prompt_IsRefused()
    {
        toy.Run(toy.Spec("prompt") with { Budget = new() { Steps = 1 } }, "trial");
        using var model = FineTunedModel.Load(Path.Combine(toy.Folder, "base"), Path.Combine(toy.Artifacts("trial"), "adapter"));

        Assert.Contains("cannot be merged", Assert.Throws<ModelFileException>(() => model.SaveMerged(toy.Artifacts("merged"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ModelWithoutClassifier_SaysWhatToName() =>
        Assert.EndsWith("has no classifier.weight, so it does not classify; name a fine-tuned model, or an adapter of one.",
            Assert.Throws<ModelFileException>(() => FineTunedModel.Load(Path.Combine(toy.Folder, "base"), null)).Message, StringComparison.Ordinal);

    private static void AssertClose(Predictions expected, Predictions actual)
    {
        foreach (var (one, other) in expected.Probabilities.Zip(actual.Probabilities))
            Assert.All(one.Zip(other), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }
}
