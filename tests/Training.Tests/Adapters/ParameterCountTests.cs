using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Nola.Core.Experiments;
using Nola.Testing;
using Nola.Training.Adapters;
using Nola.Training.Models;

namespace Nola.Training.Tests.Adapters;

/// <summary>Numbers of trained weights are those that the authors of arXiv 2402.10597 published.</summary>
public sealed class ParameterCountTests
{
    private static readonly Dictionary<string, (string Configuration, string[] Lora)> Models = new()
    {
        ["bert-base-uncased"] = (Bert(30522, 768, 12, 12), ["query", "value"]),
        ["dmis-lab/biobert-v1.1"] = (Bert(28996, 768, 12, 12), ["query", "value"]),
        ["emilyalsentzer/Bio_ClinicalBERT"] = (Bert(28996, 768, 12, 12), ["query", "value"]),
        ["nlpie/distil-biobert"] = (Bert(28996, 768, 6, 12), ["query", "value"]),
        ["huawei-noah/TinyBERT_General_4L_312D"] = (Bert(30522, 312, 4, 12, 1200), ["query", "key", "value"]),
        ["nlpie/tiny-biobert"] = (Bert(28996, 312, 4, 12, 1200), ["query", "key", "value"]),
        ["nlpie/tiny-clinicalbert"] = (Bert(28996, 312, 4, 12, 1200), ["query", "key", "value"]),
        ["prajjwal1/bert-tiny"] = (Bert(30522, 128, 2, 2), ["query", "key", "value"]),
        ["roberta-base"] = ("""{"model_type":"roberta","vocab_size":50265,"hidden_size":768,"num_hidden_layers":12,"num_attention_heads":12,"intermediate_size":3072,"max_position_embeddings":514,"type_vocab_size":1,"pad_token_id":1,"layer_norm_eps":1e-5}""", ["query", "value"]),
        ["distilbert-base-uncased"] = (DistilBert(30522), ["q_lin", "k_lin", "v_lin"]),
        ["nlpie/bio-distilbert-uncased"] = (DistilBert(30522), ["q_lin", "k_lin", "v_lin"]),
        ["nlpie/clinical-distilbert"] = (DistilBert(28996), ["q_lin", "k_lin", "v_lin"]),
        ["google/mobilebert-uncased"] = (MobileBert, ["query", "key", "value"]),
        ["nlpie/bio-mobilebert"] = (MobileBert, ["query", "key", "value"]),
        ["nlpie/clinical-mobilebert"] = (MobileBert, ["query", "key", "value"]),
        ["meta-llama/Llama-2-7b-hf"] = ("""{"model_type":"llama","vocab_size":32000,"hidden_size":4096,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":32,"intermediate_size":11008,"max_position_embeddings":4096,"rms_norm_eps":1e-5,"hidden_act":"silu","tie_word_embeddings":false}""", ["q_proj", "v_proj"]),
    };

    // The published counts take DistilBERT's pre_classifier for a part of the adapter; to Nola it is a part of the head.
    private const long PreClassifier = (768 * 768) + 768;

    private const string MobileBert = """{"model_type":"mobilebert","vocab_size":30522,"hidden_size":512,"num_hidden_layers":24,"num_attention_heads":4,"intermediate_size":512,"embedding_size":128,"trigram_input":true,"use_bottleneck":true,"intra_bottleneck_size":128,"use_bottleneck_attention":false,"key_query_shared_bottleneck":true,"num_feedforward_networks":4,"normalization_type":"no_norm","classifier_activation":false,"hidden_act":"relu","true_hidden_size":128}""";

    public static MatrixTheoryData<string, string> Published => new(Models.Keys, ["Full", "LORA", "IA3", "PREFIX_TUNING"]);

    [Theory]
    [MemberData(nameof(Published))]
    public void Count_PublishedModel_EqualsThePaper(string name, string kind)
    {
        var (json, lora) = Models[name];
        var configuration = Read(json);
        MethodSpec method = kind switch
        {
            "Full" => new FullMethod { Id = "m" },
            "LORA" => new LoraMethod { Id = "m", Targets = [.. lora] },
            // Theirs also rescales what comes out of DistilBERT's attention.
            "IA3" when configuration.ModelType == "distilbert" => new Ia3Method { Id = "m", Targets = ["k_lin", "v_lin", "out_lin", "lin2"], FeedForward = ["lin2"] },
            "IA3" => new Ia3Method { Id = "m" },
            _ => new PrefixMethod { Id = "m" },
        };

        var counts = Count(method, configuration);

        var (trainable, peft) = Expected(name, kind);
        // The published prefixes are twice DistilBERT's six layers, and as wide as MobileBERT's states where its keys are a quarter of that.
        var excess = kind != "PREFIX_TUNING" ? 0 : configuration.ModelType switch { "distilbert" => 10 * 6 * 2 * 768, "mobilebert" => 10 * 24 * 2 * (512 - 128), _ => 0 };
        (trainable, peft) = (trainable - excess, peft - excess);
        Assert.Equal(trainable, counts.Trainable);
        Assert.Equal(peft - (configuration.ModelType == "distilbert" ? PreClassifier : 0), counts.Peft);
    }

    [Fact]
    public void Count_BiasAll_CountsEveryBiasOfTheModel()
    {
        var configuration = Read(Bert(100, 32, 2, 2));
        var biases = configuration.BaseWeights().Concat(configuration.HeadWeights(Head.SequenceClassification, 2))
            .Where(weight => weight.Name.EndsWith(".bias", StringComparison.Ordinal) && !weight.Name.StartsWith("classifier", StringComparison.Ordinal)).Sum(Size);
        var plain = Count(new LoraMethod { Id = "m" }, configuration);

        Assert.Equal(plain.Peft + biases, Count(new LoraMethod { Id = "m", Bias = LoraBias.All }, configuration).Peft);
        Assert.Equal(plain.Peft + (2 * 2 * 32), Count(new LoraMethod { Id = "m", Bias = LoraBias.LoraOnly }, configuration).Peft); // keys and values of two layers
    }

    // From shapes alone: nobody needs the weights of a Llama to count them.
    private static (long Trainable, long Peft) Count(MethodSpec method, ModelConfiguration configuration)
    {
        const Head Head = Head.SequenceClassification;
        using var adapters = AdapterSet.Create(method, configuration, Head, TorchSharp.torch.CPU);
        var trained = configuration.BaseWeights().Concat(configuration.HeadWeights(Head, 2)).Where(weight => Trainable.Includes(method, configuration, Head, weight.Name)).ToArray();
        var ofHead = trained.Where(weight => configuration.IsOfHeadModule(weight.Name, Head)).Sum(Size);
        var all = adapters.Count + trained.Sum(Size);
        return (all, all - ofHead);
    }

    private static long Size(WeightShape weight) => weight.Dimensions.Aggregate(1L, (product, size) => product * size);

    private static ModelConfiguration Read(string json)
    {
        var file = new ConfigurationFile(JsonNode.Parse(json)!.AsObject(), "config.json");
        Assert.SkipUnless(Architectures.Names.Contains(file.ModelType), $"the architecture {file.ModelType} is not there yet");
        return Architectures.Read(file);
    }

    private static (long Trainable, long Peft) Expected(string model, string kind)
    {
        var text = File.ReadAllText(SharedData.Require("oracle/efficient-ml/trainable_params.yaml"));
        var ofModel = Regex.Match(text, $@"^{Regex.Escape(model)}:\n((?:  .*\n?)+)", RegexOptions.Multiline).Groups[1].Value;
        var ofKind = Regex.Match(ofModel, $@"^  {kind}:\n((?:    .*\n?)+)", RegexOptions.Multiline).Groups[1].Value;
        return (Value("n_trainable_params"), Value("n_peft_params"));

        long Value(string key) => long.Parse(Regex.Match(ofKind, $@"\b{key}: (\d+)").Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static string Bert(int vocabulary, int hidden, int layers, int heads, int? inner = null) =>
        $$"""{"model_type":"bert","vocab_size":{{vocabulary}},"hidden_size":{{hidden}},"num_hidden_layers":{{layers}},"num_attention_heads":{{heads}},"intermediate_size":{{inner ?? 4 * hidden}}}""";

    private static string DistilBert(int vocabulary) =>
        $$"""{"model_type":"distilbert","vocab_size":{{vocabulary}},"dim":768,"n_layers":6,"n_heads":12,"hidden_dim":3072,"max_position_embeddings":512}""";
}
