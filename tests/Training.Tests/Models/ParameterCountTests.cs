using System.Globalization;
using System.Text.RegularExpressions;
using Nola.Core.Experiments;
using Nola.Testing;
using Nola.Training.Adapters;
using Nola.Training.Models;
using Nola.Training.Models.Bert;
using Nola.Training.Models.DistilBert;
using Nola.Training.Models.MobileBert;
using Nola.Training.Models.Roberta;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Models;

/// <summary>
/// What each method trains, against the numbers that the authors of arXiv 2402.10597 published. Their LoRA sits on two projections where PEFT has
/// defaults for the architecture, and on query, key and value in TinyBERT, bert-tiny, DistilBERT and MobileBERT; the test names them.
/// Their IA3 in DistilBERT rescales the attention's output too, as <c>output.dense</c> does in BERT; ours leaves it alone unless it is named.
/// </summary>
public partial class ParameterCountTests
{
    private static readonly string[] Two = ["query", "value"];
    private static readonly string[] Three = ["query", "key", "value"];
    private static readonly string[] OfDistilBert = ["q_lin", "k_lin", "v_lin"];

    private static readonly Dictionary<string, (ModelConfiguration Shape, string[] Lora)> Models = new()
    {
        ["bert-base-uncased"] = (Bert(30522), Two),
        ["dmis-lab/biobert-v1.1"] = (Bert(28996), Two),
        ["emilyalsentzer/Bio_ClinicalBERT"] = (Bert(28996), Two),
        ["nlpie/distil-biobert"] = (Bert(28996) with { Layers = 6 }, Two),
        ["huawei-noah/TinyBERT_General_4L_312D"] = (Tiny(30522), Three),
        ["nlpie/tiny-biobert"] = (Tiny(28996), Three),
        ["nlpie/tiny-clinicalbert"] = (Tiny(28996), Three),
        ["prajjwal1/bert-tiny"] = (Bert(30522) with { HiddenSize = 128, Layers = 2, Heads = 2, IntermediateSize = 512 }, Three),
        ["roberta-base"] = (new RobertaConfiguration { VocabularySize = 50265, HiddenSize = 768, Layers = 12, Heads = 12, IntermediateSize = 3072, TokenTypes = 1 }, Two),
        ["distilbert-base-uncased"] = (Distil(30522), OfDistilBert),
        ["nlpie/bio-distilbert-uncased"] = (Distil(30522), OfDistilBert),
        ["nlpie/clinical-distilbert"] = (Distil(28996), OfDistilBert),
        ["google/mobilebert-uncased"] = (Mobile(), Three),
        ["nlpie/bio-mobilebert"] = (Mobile(), Three),
        ["nlpie/clinical-mobilebert"] = (Mobile(), Three),
    };

    public static TheoryData<string> Names => [.. Models.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Count_PublishedModel_EqualsThePublishedNumbers(string name)
    {
        var published = Published(name);
        var (shape, lora) = Models[name];
        string[] ia3 = shape is DistilBertConfiguration ? ["k_lin", "v_lin", "out_lin", "lin2"] : [];

        Assert.Equal(published["Full"], shape.BaseWeights().Concat(shape.HeadWeights(Head.SequenceClassification, 2)).Sum(Size));
        Assert.Equal(published["LORA"], Trained(shape, new LoraMethod { Id = "lora", Rank = 8, Targets = [.. lora] }));
        Assert.Equal(published["IA3"], Trained(shape, new Ia3Method { Id = "ia3", Targets = [.. ia3], FeedForward = [.. ia3.Where(target => target == "lin2")] }));
    }

    // Adapters, and the head that is trained whole.
    private static long Trained(ModelConfiguration shape, MethodSpec method)
    {
        using var adapters = AdapterSet.Create(method, shape, Head.SequenceClassification, CPU);
        return adapters.Count + shape.HeadWeights(Head.SequenceClassification, 2).Where(weight => shape.IsOfHeadModule(weight.Name, Head.SequenceClassification)).Sum(Size);
    }

    private static long Size(WeightShape weight) => weight.Dimensions.Aggregate((product, size) => product * size);

    private static Dictionary<string, long> Published(string name)
    {
        var text = File.ReadAllText(SharedData.Require("oracle/efficient-ml/trainable_params.yaml"));
        var start = text.IndexOf($"{name}:\n", StringComparison.Ordinal);
        return Numbers().Matches(text, start).Take(4).ToDictionary(match => match.Groups[1].Value, match => long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    private static BertConfiguration Bert(int vocabulary) => new() { VocabularySize = vocabulary, HiddenSize = 768, Layers = 12, Heads = 12, IntermediateSize = 3072 };

    private static BertConfiguration Tiny(int vocabulary) => new() { VocabularySize = vocabulary, HiddenSize = 312, Layers = 4, Heads = 12, IntermediateSize = 1200 };

    private static DistilBertConfiguration Distil(int vocabulary) => new() { VocabularySize = vocabulary, HiddenSize = 768, Layers = 6, Heads = 12, IntermediateSize = 3072 };

    private static MobileBertConfiguration Mobile() => new() { VocabularySize = 30522, HiddenSize = 512, Layers = 24, Heads = 4, IntermediateSize = 512 };

    // A method's name, and behind it the first n_trainable_params.
    [GeneratedRegex(@"\n  (\w+):\n(?:    .*\n)*?    n_trainable_params: (\d+)")]
    private static partial Regex Numbers();
}
