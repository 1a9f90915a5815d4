using System.Text.Json.Nodes;
using Nola.Core.Experiments;
using Nola.Training.Adapters;
using Nola.Training.Models;
using Nola.Training.Optimization;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Models;

/// <summary>Decoders, and adapters over them, give the numbers of Hugging Face transformers and PEFT.</summary>
public class DecoderGoldenTests
{
    public static TheoryData<string> EveryModel => ["llama", "llama3", "mistral"];

    [Theory]
    [MemberData(nameof(EveryModel))]
    public void PredictNext_BaseModel_EqualsHuggingFace(string name) => ForEachFolder(name, (folder, expected) =>
    {
        using var model = Load(folder);
        using var logits = Logits(model.Model, expected);
        Golden.AssertClose(expected["logits"]!, logits, 1e-4, "logits");
        Assert.Equal((double)expected["loss"]!, Loss(model.Model, expected).item<float>(), 1e-4);
    });

    [Theory]
    [MemberData(nameof(EveryModel))]
    public void Continue_TwentyTokens_EqualsHuggingFacesGreedyChoice(string name) => ForEachFolder(name, (folder, expected) =>
    {
        using var model = Load(folder);
        using var quiet = no_grad();
        using var cache = new KeyValueCache(model.Model.Configuration.Layers);
        var wanted = Golden.Integers(expected["greedy_20_from_first_8"]!);
        var written = Golden.Integers(expected["input_ids"]!).narrow(1, 0, 8);
        var next = written;
        while (written.shape[1] < wanted.shape[1])
        {
            next = model.Model.Continue(next, cache).argmax(1, keepdim: true);
            written = cat([written, next], 1);
        }

        Assert.True(written.equal(wanted).all().item<bool>(), "other tokens were chosen");
    });

    [Theory]
    [MemberData(nameof(EveryModel))]
    public void Continue_PieceByPiece_EqualsPredictNext(string name) => ForEachFolder(name, (folder, expected) =>
    {
        using var model = Load(folder);
        using var quiet = no_grad();
        using var cache = new KeyValueCache(model.Model.Configuration.Layers);
        var ids = Golden.Integers(expected["input_ids"]!);
        var whole = Logits(model.Model, expected);
        for (long place = 0, count = 1; place + count <= ids.shape[1]; place += count, count++)
        {
            var piece = model.Model.Continue(ids.narrow(1, place, count), cache);
            Assert.True((piece - whole.select(1, place + count - 1)).abs().max().item<float>() < 1e-5, $"{count} tokens from {place}");
        }
    });

    [Theory]
    [MemberData(nameof(EveryModel))]
    public void PredictNext_PeftAdapter_EqualsPeft(string name) => ForEachFolder(name, (folder, expected) =>
    {
        using var model = Load(folder, "lora");
        using var logits = Logits(model.Model, expected);
        Golden.AssertClose(expected["lora_logits"]!, logits, 1e-4, "logits");
    });

    [Theory]
    [MemberData(nameof(EveryModel))]
    public void Train_TwelveFullBatchSteps_FollowsHuggingFace(string name) => ForEachFolder(name, (folder, expected) =>
    {
        using var model = Load(folder, "lora");
        using var optimizer = new AdamW(Trainable.Select(model.Method, model.Model, Head.CausalLanguage), weightDecay: 0.01);
        var losses = new List<double>();
        for (var step = 0; step < 12; step++)
        {
            using var scope = NewDisposeScope();
            var loss = Loss(model.Model, expected);
            losses.Add(loss.item<float>());
            optimizer.ClearGradients();
            loss.backward();
            optimizer.Step(1e-3, clipNorm: 1);
        }

        Golden.AssertClose(Golden.Numbers(expected["lora_training_losses"]!), [.. losses], 1e-4, "losses");
    });

    [Theory]
    [MemberData(nameof(EveryModel))]
    public void Save_Adapter_WritesPeftsNamesAndShapes(string name) => ForEachFolder(name, (folder, _) =>
    {
        using var model = Load(folder, "lora");
        var saved = Directory.CreateTempSubdirectory("nola-adapter-").FullName;
        try
        {
            PeftFolder.Save(saved, model.Method, model.Model, Head.CausalLanguage, "");
            var theirs = Safetensors.SafetensorsFile.Open(Path.Combine(folder, "lora", "adapter_model.safetensors"));
            var ours = Safetensors.SafetensorsFile.Open(Path.Combine(saved, "adapter_model.safetensors"));
            Assert.Equal(theirs.Names.Order(StringComparer.Ordinal), ours.Names.Order(StringComparer.Ordinal));
            foreach (var tensor in theirs.Names)
                Assert.Equal(theirs.ShapeOf(tensor).ToArray(), ours.ShapeOf(tensor).ToArray());
            Assert.Equal("CAUSAL_LM", (string?)JsonNode.Parse(File.ReadAllText(Path.Combine(saved, "adapter_config.json")))!["task_type"]);
        }
        finally
        {
            Directory.Delete(saved, recursive: true);
        }
    });

    [Theory]
    [MemberData(nameof(EveryModel))]
    public void Write_Configuration_ReadsBackTheSame(string name) => ForEachFolder(name, (folder, _) =>
    {
        var configuration = ModelConfiguration.Read(Path.Combine(folder, "base"));
        var written = Directory.CreateTempSubdirectory("nola-config-").FullName;
        try
        {
            configuration.Write(written, Head.CausalLanguage, []);
            var again = ModelConfiguration.Read(written);
            var second = Directory.CreateDirectory(Path.Combine(written, "again")).FullName;
            again.Write(second, Head.CausalLanguage, []);
            Assert.Equal(File.ReadAllText(Path.Combine(written, "config.json")), File.ReadAllText(Path.Combine(second, "config.json")));
            Assert.Equal(configuration.Layers, again.Layers);
        }
        finally
        {
            Directory.Delete(written, recursive: true);
        }
    });

    private static void ForEachFolder(string model, Action<string, JsonNode> test)
    {
        foreach (var folder in Golden.Folders(model))
        {
            using var scope = NewDisposeScope();
            test(folder, Golden.Expected(folder));
        }
    }

    private static Tensor Logits(LanguageModel model, JsonNode expected)
    {
        var ids = Golden.Integers(expected["input_ids"]!);
        return model.PredictNext(ids, ones_like(ids));
    }

    // Each position guesses the token after it.
    private static Tensor Loss(LanguageModel model, JsonNode expected)
    {
        var ids = Golden.Integers(expected["input_ids"]!);
        var logits = Logits(model, expected);
        return nn.functional.cross_entropy(logits.narrow(1, 0, logits.shape[1] - 1).reshape(-1, logits.shape[2]), ids.narrow(1, 1, ids.shape[1] - 1).reshape(-1));
    }

    private static GoldenModel Load(string folder, string? adapter = null) => GoldenModel.Load(
        Path.Combine(folder, "base"),
        adapter is null ? new FullMethod { Id = "full" } : PeftFolder.ReadMethod(Path.Combine(folder, adapter)),
        Head.CausalLanguage, 0,
        adapter is null ? null : Path.Combine(folder, adapter));
}
