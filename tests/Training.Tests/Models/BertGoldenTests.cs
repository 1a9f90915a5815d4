using System.Text.Json.Nodes;
using Nola.Core.Experiments;
using Nola.Training.Adapters;
using Nola.Training.Models;
using Nola.Training.Optimization;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Models;

/// <summary>BERT, LoRA and IA3 give the numbers of Hugging Face transformers and PEFT.</summary>
public class BertGoldenTests
{
    private const int Labels = 3;

    [Fact]
    public void Classify_BaseModel_EqualsHuggingFace() => ForEachFolder("bert", (folder, expected) =>
    {
        using var model = Load(folder, new FullMethod { Id = "full" });
        using var logits = Logits(model.Model, expected);
        Golden.AssertClose(expected["logits"]!, logits, 1e-5, "logits");
        using var loss = nn.functional.cross_entropy(logits, Golden.Labels(expected["labels"]!));
        Assert.Equal((double)expected["loss"]!, loss.item<float>(), 1e-5);
        using var hidden = model.Model.Encode(Golden.Integers(expected["input_ids"]!), Golden.Integers(expected["attention_mask"]!));
        Golden.AssertClose(expected["last_hidden_state"]!, hidden, 1e-5, "last hidden state");
    });

    [Theory]
    [InlineData("lora")]
    [InlineData("ia3")]
    public void Classify_PeftAdapter_EqualsPeft(string adapter) => ForEachFolder("bert", (folder, expected) =>
    {
        using var model = Load(folder, PeftFolder.ReadMethod(Path.Combine(folder, adapter)), adapter);
        using var logits = Logits(model.Model, expected);
        Golden.AssertClose(expected[$"{adapter}_logits"]!, logits, 1e-5, "logits");
        var trained = Trainable.Select(model.Method, model.Model);
        var counts = Trainable.Count(model.Method, model.Model, trained);
        Assert.Equal((long)expected[$"{adapter}_trainable"]!, counts.Trainable);
    });

    [Theory]
    [InlineData("full")]
    [InlineData("lora")]
    [InlineData("ia3")]
    public void Train_TwelveFullBatchSteps_FollowsHuggingFace(string kind) => ForEachFolder("bert", (folder, expected) =>
    {
        MethodSpec method = kind == "full" ? new FullMethod { Id = "full" } : PeftFolder.ReadMethod(Path.Combine(folder, kind));
        using var model = Load(folder, method, kind == "full" ? null : kind);
        using var optimizer = new AdamW(Trainable.Select(method, model.Model), weightDecay: 0.01);
        var labels = Golden.Labels(expected["labels"]!);
        var losses = new List<double>();
        for (var step = 0; step < 12; step++)
        {
            using var scope = NewDisposeScope();
            var loss = nn.functional.cross_entropy(Logits(model.Model, expected), labels);
            losses.Add(loss.item<float>());
            optimizer.ClearGradients();
            loss.backward();
            optimizer.ClipGradients(1.0);
            optimizer.Step(1e-3);
        }

        Golden.AssertClose(Golden.Numbers(expected[$"{kind}_training_losses"]!), [.. losses], 1e-4, "losses");
        if (expected[$"{kind}_logits_after_training"] is { } after)
            Golden.AssertClose(after, Logits(model.Model, expected), 1e-4, "logits after training");
        if (expected[$"{kind}_merged_logits"] is { } merged)
        {
            using var quiet = no_grad();
            foreach (var (layer, adapter) in model.Model.Adapters.All.ToArray())
            {
                var (weight, bias) = adapter.Merge(model.Weights[layer + ".weight"], model.Weights[layer + ".bias"]);
                model.Weights[layer + ".weight"] = weight;
                model.Weights[layer + ".bias"] = bias;
            }

            using var none = new AdapterSet();
            Golden.AssertClose(merged, Logits(new BertModel(model.Model.Shape, model.Weights, none), expected), 1e-4, "merged logits");
        }
    });

    [Fact]
    public void PredictTokens_MaskedLanguageModel_EqualsHuggingFace() => ForEachFolder("bert-mlm", (folder, expected) =>
    {
        var shape = BertConfiguration.Read(Path.Combine(folder, "base"));
        using var weights = BertWeights.Load(Path.Combine(folder, "base"), shape, BertWeights.Encoder(shape).Concat(BertWeights.MaskedLanguageHead(shape)));
        using var none = new AdapterSet();
        var ids = Golden.Integers(expected["input_ids"]!);
        using var logits = new BertModel(shape, weights, none).PredictTokens(ids, Golden.Integers(expected["attention_mask"]!), arange(ids.NumberOfElements));
        Golden.AssertClose(expected["logits"]!, logits, 1e-4, "logits");
        using var loss = nn.functional.cross_entropy(logits, Golden.Integers(expected["labels"]!).reshape(-1), ignore_index: -100);
        Assert.Equal((double)expected["loss"]!, loss.item<float>(), 1e-4);
    });

    [Theory]
    [InlineData("lora")]
    [InlineData("ia3")]
    public void Save_Adapter_WritesPeftsNamesShapesAndSettings(string adapter) => ForEachFolder("bert", (folder, _) =>
    {
        using var model = Load(folder, PeftFolder.ReadMethod(Path.Combine(folder, adapter)), adapter);
        var saved = Directory.CreateTempSubdirectory("nola-adapter-").FullName;
        try
        {
            PeftFolder.Save(saved, model.Method, model.Model, "");

            var theirs = Safetensors.SafetensorsFile.Open(Path.Combine(folder, adapter, "adapter_model.safetensors"));
            var ours = Safetensors.SafetensorsFile.Open(Path.Combine(saved, "adapter_model.safetensors"));
            Assert.Equal(theirs.Names.Order(StringComparer.Ordinal), ours.Names.Order(StringComparer.Ordinal));
            foreach (var name in theirs.Names)
            {
                Assert.Equal(theirs.ShapeOf(name).ToArray(), ours.ShapeOf(name).ToArray());
                using Tensor their = theirs.Load(name), our = ours.Load(name);
                Assert.True(their.equal(our).all().item<bool>(), name);
            }

            var theirSettings = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, adapter, "adapter_config.json")))!.AsObject();
            foreach (var (key, value) in JsonNode.Parse(File.ReadAllText(Path.Combine(saved, "adapter_config.json")))!.AsObject())
            {
                Assert.True(theirSettings.ContainsKey(key), $"PEFT has no setting {key}");
                Assert.True(Same(theirSettings[key], value), $"{key}: PEFT has {theirSettings[key]?.ToJsonString()}, ours is {value?.ToJsonString()}");
            }
        }
        finally
        {
            Directory.Delete(saved, recursive: true);
        }
    });

    // Lists of names are sets to PEFT, which writes them in any order.
    private static bool Same(JsonNode? theirs, JsonNode? ours) => (theirs, ours) switch
    {
        (JsonArray a, JsonArray b) => a.Select(item => item!.ToString()).ToHashSet().SetEquals(b.Select(item => item!.ToString())),
        (JsonValue a, JsonValue b) when a.TryGetValue<double>(out var x) && b.TryGetValue<double>(out var y) => x == y,
        _ => JsonNode.DeepEquals(theirs, ours),
    };

    private static void ForEachFolder(string model, Action<string, JsonNode> test)
    {
        foreach (var folder in Golden.Folders(model))
        {
            using var scope = NewDisposeScope();
            test(folder, Golden.Expected(folder));
        }
    }

    private static Tensor Logits(BertModel model, JsonNode expected) =>
        model.Classify(Golden.Integers(expected["input_ids"]!), Golden.Integers(expected["attention_mask"]!));

    private static Loaded Load(string folder, MethodSpec method, string? adapter = null)
    {
        var shape = BertConfiguration.Read(Path.Combine(folder, "base"));
        var weights = BertWeights.Load(Path.Combine(folder, "base"), shape, BertWeights.Encoder(shape).Concat(BertWeights.ClassificationHead(shape, Labels)));
        var model = new BertModel(shape, weights, AdapterSet.Create(method, weights));
        if (adapter is not null)
            PeftFolder.LoadInto(Path.Combine(folder, adapter), model);
        return new(method, weights, model);
    }

    private sealed record Loaded(MethodSpec Method, Weights Weights, BertModel Model) : IDisposable
    {
        public void Dispose()
        {
            Model.Adapters.Dispose();
            Weights.Dispose();
        }
    }
}
