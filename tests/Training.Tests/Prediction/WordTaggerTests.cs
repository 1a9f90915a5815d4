using Nola.Core.Experiments;
using Nola.Core.Workers;
using Nola.Data;
using Nola.Training.Prediction;
using Nola.Training.Safetensors;
using Nola.Training.Tests.Loop;

namespace Nola.Training.Tests.Prediction;

/// <summary>Models that tag words.</summary>
public sealed class WordTaggerTests : IDisposable
{
    private readonly ToyTrial toy = new();

    public void Dispose() => toy.Dispose();

    [Theory]
    [InlineData("full")]
    [InlineData("lora")]
    public void Predict_ModelOfATrial_EqualsItsMetrics(string method)
    {
        var spec = toy.Entities(method);
        var result = toy.Run(spec, "ner");
        using var model = Load(method);
        var rows = DatasetReader.Read(spec.Dataset!, Split.Test, needsLabels: true);

        var found = model.Predict([.. rows.Select(row => new TextToClassify(row.Text, null) { Words = [.. row.Words!] })], spec.Training.MaxLength, default);

        var (right, all) = (rows.Zip(found.Words!.Value).Sum(row => row.First.Tags!.Zip(row.Second).Count(word => word.First == word.Second.Tag)), rows.Sum(row => row.Tags!.Count));
        Assert.Equal(result.Metrics["accuracy"], (double)right / all, 1e-9);
        Assert.Empty(found.Probabilities);
    }

    [Fact]
    public void Predict_RunningText_FindsItsWordsAndMarks()
    {
        toy.Run(toy.Entities("full"), "ner");
        using var model = Load("full");

        // Longer than the sequence, so that it goes on in a further one. The toy vocabulary has no marks; what it says of them does not matter.
        var text = string.Join(' ', Enumerable.Repeat("no pain today", 12)) + ",  the heart valve.";
        var found = model.Predict([new(text, null), new(" ", null)], 16, default);

        var words = found.Words!.Value[0];
        Assert.Equal(["B-HEART", "I-HEART"], words.Where(word => char.IsLetter(text[word.Start]) && word.Tag != "O").Select(word => word.Tag));
        Assert.Equal([",", "the", "heart", "valve", "."], words.TakeLast(5).Select(word => text.Substring(word.Start, word.Length)));
        Assert.All(words, word => Assert.InRange(word.Probability, 0.25f, 1)); // the best of four
        Assert.Empty(found.Words.Value[1]);
    }

    [Fact]
    public void Predict_Pair_IsRefused()
    {
        toy.Run(toy.Entities("full") with { Budget = new() { Steps = 1 } }, "ner");
        using var model = Load("full");

        Assert.Equal("The model tags the words of one text; it has no use for a second one.", Assert.Throws<ModelFileException>(() => model.Predict([new("a", "b")], null, default)).Message);
    }

    private FineTunedModel Load(string method) => method == "full"
        ? FineTunedModel.Load(Path.Combine(toy.Artifacts("ner"), "model"), null)
        : FineTunedModel.Load(Path.Combine(toy.Folder, "base"), Path.Combine(toy.Artifacts("ner"), "adapter"));
}
