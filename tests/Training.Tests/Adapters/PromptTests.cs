using System.Text.Json.Nodes;
using Nola.Core.Experiments;
using Nola.Testing;
using Nola.Training.Adapters;
using Nola.Training.Models;
using Nola.Training.Optimization;
using Nola.Training.Safetensors;
using Nola.Training.Tests.Models;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Adapters;

/// <summary>Prefix and prompt tuning give the numbers of a computation in NumPy, prompts.py, that follows PEFT's layout.</summary>
public sealed class PromptTests : IDisposable
{
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();
    private readonly string saved = Directory.CreateTempSubdirectory("nola-prompt-").FullName;

    public static TheoryData<string> Kinds => ["prefix", "prompt"];

    public void Dispose()
    {
        scope.Dispose();
        Directory.Delete(saved, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Classify_TrainedTokens_EqualsNumPy(string kind)
    {
        using var model = Load(kind);

        Golden.AssertClose(Reference(kind), Classify(model), 1e-5, "logits");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void SaveAndLoad_TrainedTokens_UsesPeftsNames(string kind)
    {
        using var model = Load(kind);
        PeftFolder.Save(saved, model.Method, model.Model, Head.SequenceClassification, "");

        using var loaded = GoldenModel.Load(Path.Combine(Folder, "base"), PeftFolder.ReadMethod(saved), Head.SequenceClassification, 3, saved);

        Golden.AssertClose(Reference(kind), Classify(loaded), 1e-5, "logits");
        var file = SafetensorsFile.Open(Path.Combine(saved, "adapter_model.safetensors"));
        Assert.Equal(["base_model.classifier.bias", "base_model.classifier.weight", "prompt_embeddings"], file.Names);
        Assert.Equal(kind == "prefix" ? [3L, 2 * 2 * 32] : [3, 32], file.ShapeOf("prompt_embeddings").ToArray());
        var settings = JsonNode.Parse(File.ReadAllText(Path.Combine(saved, "adapter_config.json")))!;
        Assert.Equal(
            (kind == "prefix" ? "PREFIX_TUNING" : "PROMPT_TUNING", "SEQ_CLS", 3, 32, 4, 2),
            ((string)settings["peft_type"]!, (string)settings["task_type"]!, (int)settings["num_virtual_tokens"]!, (int)settings["token_dim"]!, (int)settings["num_attention_heads"]!, (int)settings["num_layers"]!));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Encode_TrainedTokens_ReturnsThePositionsOfTheText(string kind)
    {
        using var model = Load(kind);
        var (ids, mask) = Inputs;

        Assert.Equal([ids.shape[0], ids.shape[1], 32], model.Model.Encode(ids, mask).shape);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Train_TheTokensAlone_LowersTheLoss(string kind)
    {
        using var model = Load(kind);
        using var optimizer = new AdamW(model.Model.Adapters.Parameters);
        var labels = Golden.Labels(Golden.Expected(Folder)["labels"]!);
        model.Model.Adapters.Parameters.Single().Value.requires_grad = true;
        var losses = Enumerable.Range(0, 30).Select(_ =>
        {
            using var step = NewDisposeScope();
            var loss = nn.functional.cross_entropy(Classify(model), labels);
            loss.backward();
            optimizer.Step(0.1);
            optimizer.ClearGradients();
            return loss.item<float>();
        }).ToArray();

        Assert.InRange(losses[^1], 0, losses[0] - 0.05);
    }

    [Fact]
    public void PredictTokens_Prompt_ReadsTheSamePlacesOfTheText()
    {
        var folder = SharedData.Require("oracle/hf/bert-mlm");
        var expected = Golden.Expected(folder);
        using var model = GoldenModel.Load(Path.Combine(folder, "base"), new PromptMethod { Id = "m", Tokens = 2 }, Head.MaskedLanguage, 0);
        var (ids, mask) = (Golden.Integers(expected["input_ids"]!), Golden.Integers(expected["attention_mask"]!));
        var length = ids.shape[1];

        var all = model.Model.PredictTokens(ids, mask, arange(ids.NumberOfElements, ScalarType.Int64)).view(ids.shape[0], length, -1);
        var some = model.Model.PredictTokens(ids, mask, tensor(new[] { 1L, length + 2 }));

        Assert.InRange((stack([all[0, 1], all[1, 2]]) - some).abs().max().item<float>(), 0, 1e-5f);
    }

    [Fact]
    public void MergeInto_Prefix_Throws()
    {
        using var model = Load("prefix");

        Assert.Throws<InvalidOperationException>(() => model.Model.Adapters.MergeInto(model.Model.Weights));
    }

    private static string Folder => SharedData.Require("oracle/hf/bert");

    private static (Tensor Ids, Tensor Mask) Inputs => (Golden.Integers(Golden.Expected(Folder)["input_ids"]!), Golden.Integers(Golden.Expected(Folder)["attention_mask"]!));

    private static JsonNode Reference(string kind) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "tests/Training.Tests/Adapters/prompts.json")))![kind]!;

    private static Tensor Classify(GoldenModel model)
    {
        var (ids, mask) = Inputs;
        return model.Model.Classify(ids, mask);
    }

    private static GoldenModel Load(string kind)
    {
        MethodSpec method = kind == "prefix" ? new PrefixMethod { Id = "m", Tokens = 3 } : new PromptMethod { Id = "m", Tokens = 3 };
        var model = GoldenModel.Load(Path.Combine(Folder, "base"), method, Head.SequenceClassification, 3);
        using var quiet = no_grad();
        var embeddings = model.Model.Adapters.Parameters.Single().Value;
        embeddings.copy_(arange(embeddings.NumberOfElements, ScalarType.Float64).sin().mul(0.3).view(embeddings.shape));
        return model;
    }
}
