using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Nola.Core.Experiments;
using Nola.Testing;
using Nola.Training.Adapters;
using Nola.Training.Models;
using Nola.Training.Safetensors;

namespace Nola.Training.Tests.Adapters;

/// <summary>Adapters that others trained and published; their base models are not at hand.</summary>
public sealed partial class PeftImportTests
{
    [Theory]
    [InlineData("distilbert-emotion-lora", 16, 0.1)]
    [InlineData("gpt2-lora", 8, 0)]
    public void ReadMethod_PublishedAdapter_MatchesItsOwnLayers(string name, double alpha, double dropout)
    {
        var folder = SharedData.Require($"weights/peft-adapters/{name}");

        var lora = Assert.IsType<LoraMethod>(PeftFolder.ReadMethod(folder));

        Assert.Equal((8, alpha, dropout), (lora.Rank, lora.Alpha, lora.Dropout));
        Assert.Equal(Head.SequenceClassification, PeftConfiguration.ReadHead(folder));
        var file = SafetensorsFile.Open(Path.Combine(folder, "adapter_model.safetensors"));
        var targets = new LayerTargets(lora.Targets, lora.TargetPattern, lora.Layers);
        foreach (var tensor in file.Names.Where(tensor => tensor.Contains("lora_A", StringComparison.Ordinal)))
        {
            Assert.True(targets.Match(Layer().Replace(tensor, "")), tensor);
            Assert.Equal(8, file.ShapeOf(tensor)[0]);
        }
    }

    [Fact]
    public void LoadInto_PublishedAdapterOfDistilBert_FillsEveryPlace()
    {
        var folder = SharedData.Require("weights/peft-adapters/distilbert-emotion-lora");
        Assert.SkipUnless(Architectures.Names.Contains("distilbert"), "the architecture distilbert is not there yet");
        var json = JsonNode.Parse("""{"model_type":"distilbert","vocab_size":10,"dim":768,"n_layers":6,"n_heads":12,"hidden_dim":8,"max_position_embeddings":8}""")!;
        var shape = Architectures.Read(new(json.AsObject(), "config.json"));
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var weights = Weights.Create(shape.BaseWeights().Concat(shape.HeadWeights(Head.SequenceClassification, PeftFolder.RowsOf(folder, "classifier.weight")!.Value)), 0.02);
        using var adapters = AdapterSet.Create(PeftFolder.ReadMethod(folder), shape, Head.SequenceClassification, TorchSharp.torch.CPU);

        PeftFolder.LoadInto(folder, shape.Build(weights, adapters, Precision.Float32));

        Assert.Equal(12, adapters.All.Count());
        Assert.All(adapters.Parameters, item => Assert.True(item.Value.abs().sum().item<float>() > 0, item.Key));
    }

    [GeneratedRegex(@"^base_model\.model\.|\.lora_A\.weight$")]
    private static partial Regex Layer();
}
