using Nola.Core.Experiments;
using Nola.Training.Adapters;
using Nola.Training.Models;
using Nola.Training.Models.Bert;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Adapters;

/// <summary>The variants of LoRA over a random model of 2 layers × 32.</summary>
public sealed class LoraVariantTests : IDisposable
{
    private static readonly BertConfiguration Shape = new() { VocabularySize = 40, HiddenSize = 32, Layers = 2, Heads = 2, IntermediateSize = 48, MaxPositions = 16, InitializerRange = 0.2 };

    private static readonly Dictionary<string, LoraMethod> Methods = new()
    {
        ["plain"] = new() { Id = "m" },
        ["rslora"] = new() { Id = "m", RankStabilized = true },
        ["dora"] = new() { Id = "m", Dora = true },
        ["pattern"] = new() { Id = "m", TargetPattern = @".*layer\.1\..*\.(query|dense)" },
        ["all-linear"] = new() { Id = "m", Targets = [LayerTargets.AllLinear], Layers = [0] },
        ["bias all"] = new() { Id = "m", Bias = LoraBias.All },
        ["bias lora_only"] = new() { Id = "m", Bias = LoraBias.LoraOnly, Dora = true },
        ["ranks"] = new() { Id = "m", AlphaRatio = 2, RankPattern = new Dictionary<string, int> { ["key"] = 3 }.ToImmutable(), AlphaPattern = new Dictionary<string, double> { ["layer.0.*"] = 5.5 }.ToImmutable() },
    };

    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();
    private readonly string folder = Directory.CreateTempSubdirectory("nola-lora-").FullName;
    private readonly Weights weights;
    private readonly Tensor ids;
    private readonly Tensor mask;

    public LoraVariantTests()
    {
        manual_seed(5);
        weights = Weights.Create(Shape.BaseWeights().Concat(Shape.HeadWeights(Head.SequenceClassification, 3)), 0.2);
        ids = randint(5, 40, new long[] { 4, 9 });
        mask = ones(4, 9, ScalarType.Int64);
    }

    public static TheoryData<string> Variants => [.. Methods.Keys];

    public void Dispose()
    {
        weights.Dispose();
        scope.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Forward_NewAdapter_LeavesTheModelUnchanged(string variant)
    {
        using var none = new AdapterSet();
        using var adapters = New(Methods[variant]);

        AssertClose(Logits(none), Logits(adapters));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void SaveAndLoad_TrainedAdapter_GivesTheSameLogitsAndMethod(string variant)
    {
        var method = Methods[variant];
        using var adapters = New(method);
        Train(method, adapters);
        var before = Logits(adapters);
        PeftFolder.Save(folder, method, Model(weights, adapters), Head.SequenceClassification, "base");

        manual_seed(5);
        using var fresh = Weights.Create(Shape.BaseWeights().Concat(Shape.HeadWeights(Head.SequenceClassification, 3)), 0.2);
        var read = PeftFolder.ReadMethod(folder);
        using var loaded = AdapterSet.Create(read, Shape, Head.SequenceClassification, CPU, fresh);
        PeftFolder.LoadInto(folder, Model(fresh, loaded));

        AssertClose(before, Model(fresh, loaded).Classify(ids, mask));
        Assert.Equal(adapters.All.Select(item => item.Key), loaded.All.Select(item => item.Key));
        Assert.All(loaded.All, item => Assert.Equal(method.ScaleOf(item.Key), ((LoraMethod)read).ScaleOf(item.Key)));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Merge_TrainedAdapter_GivesTheSameLogits(string variant)
    {
        using var adapters = New(Methods[variant]);
        Train(Methods[variant], adapters);
        var before = Logits(adapters);

        adapters.MergeInto(weights);

        using var none = new AdapterSet();
        AssertClose(before, Logits(none));
    }

    [Fact]
    public void Forward_WithoutGradients_EqualsThatWithThem()
    {
        using var adapters = New(Methods["plain"]);
        Train(Methods["plain"], adapters);
        var (someIds, someMask) = (ids.narrow(0, 0, 1).narrow(1, 0, 3), mask.narrow(0, 0, 1).narrow(1, 0, 3)); // too few tokens to merge for
        var model = Model(weights, adapters);
        var (all, some) = (model.Classify(ids, mask), model.Classify(someIds, someMask));

        using var quiet = no_grad();
        AssertClose(all, model.Classify(ids, mask));
        AssertClose(some, model.Classify(someIds, someMask));
    }

    [Fact]
    public void Forward_DoraUnderDropout_DropsTheSameValuesForTheWeightAndTheUpdate()
    {
        using var adapter = new DoraAdapter(weights["bert.pooler.dense.weight"], 4, 2, 0.5);
        var layer = new LinearLayer(weights["bert.pooler.dense.weight"], weights["bert.pooler.dense.bias"], Precision.Float32);
        using (no_grad())
        {
            adapter.Parameters["lora_B.weight"].normal_();
            adapter.Parameters["lora_magnitude_vector"].mul_(1.5);
        }

        var x = randn(6, 32);
        var (merged, _) = adapter.Merge(layer.Weight, layer.Bias);

        // y − (Wx + b) is what the merged weight adds to W, of the dropped x.
        var added = adapter.Forward(x, layer, new(1, 1)) - layer.Forward(x);
        AssertClose(nn.functional.linear(new Dropout(1, 1).Apply(x, 0.5), merged - layer.Weight), added);
    }

    [Fact]
    public void Load_AdapterOfAnotherShape_NamesTheTensor()
    {
        using var adapters = New(new LoraMethod { Id = "m", Rank = 4 });
        PeftFolder.Save(folder, new LoraMethod { Id = "m", Rank = 4 }, Model(weights, adapters), Head.SequenceClassification, "base");
        using var other = New(new LoraMethod { Id = "m", Rank = 2 });

        var fault = Assert.Throws<Safetensors.ModelFileException>(() => PeftFolder.LoadInto(folder, Model(weights, other)));

        Assert.Contains("attention.self.key.lora_A.weight has the shape [4, 32] and the model needs [2, 32].", fault.Message, StringComparison.Ordinal);
    }

    private static void AssertClose(Tensor expected, Tensor actual) => Assert.InRange((expected - actual).abs().max().item<float>(), 0, 1e-5f);

    private AdapterSet New(LoraMethod method) => AdapterSet.Create(method, Shape, Head.SequenceClassification, CPU, weights);

    private static LanguageModel Model(Weights weights, AdapterSet adapters) => Shape.Build(weights, adapters, Precision.Float32);

    private Tensor Logits(AdapterSet adapters)
    {
        using var quiet = no_grad();
        return Model(weights, adapters).Classify(ids, mask);
    }

    // One large step in a random direction for all that the method trains.
    private void Train(LoraMethod method, AdapterSet adapters)
    {
        using var quiet = no_grad();
        foreach (var tensor in Trainable.Select(method, Model(weights, adapters), Head.SequenceClassification).Values)
            tensor.add_(randn_like(tensor).mul_(0.1));
    }
}

internal static class Patterns
{
    public static System.Collections.Immutable.ImmutableSortedDictionary<string, T> ToImmutable<T>(this Dictionary<string, T> map) =>
        System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, map);
}
