using System.Text.Json.Nodes;
using Nola.Core.Experiments;
using Nola.Testing;
using Nola.Training.Adapters;
using Nola.Training.Models;
using Nola.Training.Optimization;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Models;

/// <summary>Encoders, and adapters over them, give the numbers of Hugging Face transformers and PEFT.</summary>
public class EncoderGoldenTests
{
    private const int Labels = 3;

    private static readonly string[] Models = ["bert", "roberta", "distilbert", "mobilebert"];

    private static readonly string[] Adapters = ["lora", "rslora", "dora", "ia3"];

    public static TheoryData<string> EveryModel => [.. Models];

    public static MatrixTheoryData<string, string> EveryAdapter => new(Models, Adapters);

    public static MatrixTheoryData<string, string> EveryTraining => new(Models, ["full", "lora", "ia3"]);

    [Theory]
    [MemberData(nameof(EveryModel))]
    public void Classify_BaseModel_EqualsHuggingFace(string name) => ForEachFolder(name, (folder, expected) =>
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
    [MemberData(nameof(EveryModel))]
    public void ClassifyTokens_BaseModel_EqualsHuggingFace(string name) => ForEachFolder(name, (folder, expected) =>
    {
        using var model = GoldenModel.Load(Path.Combine(folder, "token-classification"), new FullMethod { Id = "full" }, Head.TokenClassification, Labels);
        using var logits = model.Model.ClassifyTokens(Golden.Integers(expected["input_ids"]!), Golden.Integers(expected["attention_mask"]!));
        Golden.AssertClose(expected["token_logits"]!, logits, 1e-4, "logits");
    });

    [Theory]
    [MemberData(nameof(EveryAdapter))]
    public void Classify_PeftAdapter_EqualsPeft(string name, string adapter) => ForEachFolder(name, (folder, expected) =>
    {
        using var model = Load(folder, PeftFolder.ReadMethod(Path.Combine(folder, adapter)), adapter);
        using var logits = Logits(model.Model, expected);
        Golden.AssertClose(expected[$"{adapter}_logits"]!, logits, 1e-5, "logits");
        var trained = Trainable.Select(model.Method, model.Model, Head.SequenceClassification);
        var counts = Trainable.Count(model.Model, Head.SequenceClassification, trained);
        Assert.Equal((long)expected[$"{adapter}_trainable"]!, counts.Trainable);
    });

    [Theory]
    [MemberData(nameof(EveryTraining))]
    public void Train_TwelveFullBatchSteps_FollowsHuggingFace(string name, string kind) => ForEachFolder(name, (folder, expected) =>
    {
        MethodSpec method = kind == "full" ? new FullMethod { Id = "full" } : PeftFolder.ReadMethod(Path.Combine(folder, kind));
        using var model = Load(folder, method, kind == "full" ? null : kind);
        using var optimizer = new AdamW(Trainable.Select(method, model.Model, Head.SequenceClassification), weightDecay: 0.01);
        var labels = Golden.Labels(expected["labels"]!);
        var losses = new List<double>();
        for (var step = 0; step < 12; step++)
        {
            using var scope = NewDisposeScope();
            var loss = nn.functional.cross_entropy(Logits(model.Model, expected), labels);
            losses.Add(loss.item<float>());
            optimizer.ClearGradients();
            loss.backward();
            optimizer.Step(1e-3, clipNorm: 1);
        }

        Golden.AssertClose(Golden.Numbers(expected[$"{kind}_training_losses"]!), [.. losses], 1e-4, "losses");
        if (expected[$"{kind}_logits_after_training"] is { } after)
            Golden.AssertClose(after, Logits(model.Model, expected), 1e-4, "logits after training");
        if (expected[$"{kind}_merged_logits"] is { } merged)
        {
            using var quiet = no_grad();
            foreach (var (layer, adapter) in model.Model.Adapters.All.ToArray())
            {
                var (weight, bias) = adapter.Merge(model.Model.Weights[layer + ".weight"], model.Model.Weights.Find(layer + ".bias"));
                model.Model.Weights[layer + ".weight"] = weight;
                if (bias is not null)
                    model.Model.Weights[layer + ".bias"] = bias;
            }

            using var none = new AdapterSet();
            Golden.AssertClose(merged, Logits(model.Model.Configuration.Build(model.Model.Weights, none, Precision.Float32), expected), 1e-4, "merged logits");
        }
    });

    [Fact]
    public void PredictTokens_MaskedLanguageModel_EqualsHuggingFace() => ForEachFolder("bert-mlm", (folder, expected) =>
    {
        using var model = GoldenModel.Load(Path.Combine(folder, "base"), new FullMethod { Id = "full" }, Head.MaskedLanguage, 0);
        var ids = Golden.Integers(expected["input_ids"]!);
        using var logits = model.Model.PredictTokens(ids, Golden.Integers(expected["attention_mask"]!), arange(ids.NumberOfElements));
        Golden.AssertClose(expected["logits"]!, logits, 1e-4, "logits");
        using var loss = nn.functional.cross_entropy(logits, Golden.Integers(expected["labels"]!).reshape(-1), ignore_index: -100);
        Assert.Equal((double)expected["loss"]!, loss.item<float>(), 1e-4);
    });

    // masked_lm_golden.py beside this file made what is expected.
    [Theory]
    [InlineData("roberta")]
    [InlineData("distilbert")]
    [InlineData("mobilebert")]
    public void PredictTokens_OtherArchitecture_EqualsHuggingFace(string name)
    {
        using var scope = NewDisposeScope();
        var folder = Path.Combine(SharedData.RepositoryRoot, "tests", "Training.Tests", "Models", "MaskedLanguage", name);
        var expected = Golden.Expected(folder);
        using var model = GoldenModel.Load(folder, new FullMethod { Id = "full" }, Head.MaskedLanguage, 0);
        var ids = Golden.Integers(expected["input_ids"]!);

        var logits = model.Model.PredictTokens(ids, Golden.Integers(expected["attention_mask"]!), arange(ids.NumberOfElements));

        Golden.AssertClose(expected["logits"]!, logits, 1e-5, "logits");
    }

    [Theory]
    [MemberData(nameof(EveryModel))]
    public void Write_Configuration_IsReadAsTheSame(string name) => ForEachFolder(name, (folder, _) =>
    {
        var written = Directory.CreateTempSubdirectory("nola-config-").FullName;
        try
        {
            var configuration = ModelConfiguration.Read(Path.Combine(folder, "base"));
            configuration.Write(written, Head.SequenceClassification, ["a", "b"]);

            // Their lists differ as objects.
            Assert.Equal(configuration.ToString(), ModelConfiguration.Read(written).ToString());
            var (theirs, ours) = (Settings(Path.Combine(folder, "base")), Settings(written));
            Assert.Equal((string?)theirs["architectures"]![0], (string?)ours["architectures"]![0]);
            foreach (var (key, value) in ours.Where(item => theirs.ContainsKey(item.Key) && item.Key is not ("id2label" or "label2id")))
                Assert.True(Same(theirs[key], value), $"{key}: Hugging Face has {theirs[key]?.ToJsonString()}, ours is {value?.ToJsonString()}");
        }
        finally
        {
            Directory.Delete(written, recursive: true);
        }

        static JsonObject Settings(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!.AsObject();
    });

    [Theory]
    [MemberData(nameof(EveryAdapter))]
    public void Save_Adapter_WritesPeftsNamesShapesAndSettings(string name, string adapter) => ForEachFolder(name, (folder, _) =>
    {
        using var model = Load(folder, PeftFolder.ReadMethod(Path.Combine(folder, adapter)), adapter);
        var saved = Directory.CreateTempSubdirectory("nola-adapter-").FullName;
        try
        {
            PeftFolder.Save(saved, model.Method, model.Model, Head.SequenceClassification, "");

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

    private static Tensor Logits(LanguageModel model, JsonNode expected) =>
        model.Classify(Golden.Integers(expected["input_ids"]!), Golden.Integers(expected["attention_mask"]!));

    private static GoldenModel Load(string folder, MethodSpec method, string? adapter = null) =>
        GoldenModel.Load(Path.Combine(folder, "base"), method, Head.SequenceClassification, Labels, adapter is null ? null : Path.Combine(folder, adapter));
}
