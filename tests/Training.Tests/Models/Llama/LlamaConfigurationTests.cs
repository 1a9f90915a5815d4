using System.Globalization;
using System.Text.RegularExpressions;
using Nola.Core.Experiments;
using Nola.Testing;
using Nola.Training.Adapters;
using Nola.Training.Models;
using Nola.Training.Models.Llama;

namespace Nola.Training.Tests.Models.Llama;

public class LlamaConfigurationTests
{
    private const string Name = "meta-llama/Llama-2-7b-hf";

    private static LlamaConfiguration Llama2 => new()
    {
        VocabularySize = 32000,
        HiddenSize = 4096,
        Layers = 32,
        Heads = 32,
        KeyValueHeads = 32,
        HeadSize = 128,
        IntermediateSize = 11008,
        MaxPositions = 4096,
    };

    // The published numbers are of two classes; n_peft_params leaves the classifier out.
    [Theory]
    [InlineData("Full")]
    [InlineData("LORA")]
    [InlineData("IA3")]
    public void Parameters_OfLlama2_AreThosePublishedInArxiv240210597(string kind)
    {
        var yaml = File.ReadAllText(SharedData.Require("oracle/efficient-ml/trainable_params.yaml"));
        var part = yaml[(yaml.IndexOf(Name + ":", StringComparison.Ordinal) + Name.Length)..];
        part = part[part.IndexOf($"\n  {kind}:", StringComparison.Ordinal)..];
        MethodSpec method = kind switch { "LORA" => new LoraMethod { Id = kind }, "IA3" => new Ia3Method { Id = kind }, _ => new FullMethod { Id = kind } };
        var ofBase = Llama2.BaseWeights().Sum(Values);
        var ofHead = Llama2.HeadWeights(Head.SequenceClassification, 2).Sum(Values);
        using var adapters = AdapterSet.Create(method, Llama2, Head.SequenceClassification, TorchSharp.torch.CPU);

        Assert.Equal(Published("n_peft_params"), kind == "Full" ? ofBase : adapters.Count);
        Assert.Equal(Published("n_trainable_params"), (kind == "Full" ? ofBase : adapters.Count) + ofHead);
        Assert.Equal(Published("total_params"), ofBase + ofHead);

        long Published(string key) => long.Parse(Regex.Match(part, $@"\n    {key}: (\d+)\n").Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void AdaptableLayers_OfALlama_LeaveTheOutputOut()
    {
        var names = Llama2.AdaptableLayers(Head.CausalLanguage).Select(weight => weight.Name).ToArray();

        Assert.Equal(7 * 32, names.Length);
        Assert.All(names, name => Assert.StartsWith("model.layers.", name, StringComparison.Ordinal));
    }

    private static long Values(WeightShape weight) => weight.Dimensions.Aggregate(1L, (product, size) => product * size);
}
