using System.Text.Json.Nodes;
using Nola.Core.Experiments;
using Nola.Training.Adapters;
using Nola.Training.Safetensors;
using static Nola.Training.Models.WeightShape;

namespace Nola.Training.Models.MobileBert;

/// <summary>The shape of a MobileBERT model, with the bottlenecks of the published one.</summary>
public sealed record MobileBertConfiguration : ModelConfiguration
{
    public required int Heads { get; init; }
    public required int IntermediateSize { get; init; }

    /// <summary>Dimensions inside a layer, between its bottlenecks. Default: 128.</summary>
    public int BottleneckSize { get; init; } = 128;

    /// <summary>Dimensions of the word embedding. Default: 128.</summary>
    public int EmbeddingSize { get; init; } = 128;

    /// <summary>Feed-forward networks in a layer, one after another. Default: 4.</summary>
    public int FeedForwardNetworks { get; init; } = 4;

    /// <summary>Id of padding. Default: 0.</summary>
    public int Padding { get; init; }

    public int TokenTypes { get; init; } = 2;
    public double LayerNormEpsilon { get; init; } = 1e-12;
    public double HiddenDropout { get; init; }
    public double AttentionDropout { get; init; } = 0.1;

    /// <summary>Dropout before the classifier; null takes <see cref="HiddenDropout"/>.</summary>
    public double? ClassifierDropout { get; init; }

    /// <summary>Whether a pooler stands before the classifier of whole texts.</summary>
    public bool HasPooler { get; init; }

    public override string ModelType => "mobilebert";

    public override string ClassPrefix => "MobileBert";

    public override string BasePrefix => "mobilebert.";

    public override DefaultTargets DefaultTargets { get; } = new(["key", "value"], ["key", "value", "output.dense"], ["output.dense"]);

    /// <summary>Reads a MobileBERT's config.json.</summary>
    public static MobileBertConfiguration Read(ConfigurationFile file)
    {
        file.OneOf("hidden_act", "relu");
        file.OneOf("normalization_type", "no_norm");
        foreach (var (key, only) in new[] { ("trigram_input", true), ("use_bottleneck", true), ("use_bottleneck_attention", false), ("key_query_shared_bottleneck", true) })
            if (file.Flag(key, only) != only)
                throw new ModelFileException($"{file.Path} has {key} {(only ? "off" : "on")}; Nola knows MobileBERTs with it {(only ? "on" : "off")}.");
        return new()
        {
            VocabularySize = file.Integer("vocab_size"),
            HiddenSize = file.Integer("hidden_size"),
            Layers = file.Integer("num_hidden_layers"),
            Heads = file.Integer("num_attention_heads"),
            IntermediateSize = file.Integer("intermediate_size"),
            BottleneckSize = file.Integer("intra_bottleneck_size", 128),
            EmbeddingSize = file.Integer("embedding_size", 128),
            FeedForwardNetworks = file.Integer("num_feedforward_networks", 4),
            MaxPositions = file.Integer("max_position_embeddings", 512),
            Padding = file.Integer("pad_token_id", 0),
            TokenTypes = file.Integer("type_vocab_size", 2),
            LayerNormEpsilon = file.Number("layer_norm_eps", 1e-12),
            HiddenDropout = file.Number("hidden_dropout_prob", 0),
            AttentionDropout = file.Number("attention_probs_dropout_prob", 0.1),
            ClassifierDropout = (double?)file["classifier_dropout"],
            HasPooler = file.Flag("classifier_activation", true),
            InitializerRange = file.Number("initializer_range", 0.02),
        };
    }

    public override IEnumerable<WeightShape> BaseWeights()
    {
        yield return Embedding("mobilebert.embeddings.word_embeddings", VocabularySize, EmbeddingSize);
        yield return Embedding("mobilebert.embeddings.position_embeddings", MaxPositions, HiddenSize);
        yield return Embedding("mobilebert.embeddings.token_type_embeddings", TokenTypes, HiddenSize);
        foreach (var weight in Linear("mobilebert.embeddings.embedding_transformation", HiddenSize, 3 * EmbeddingSize)
            .Concat(Norm("mobilebert.embeddings.LayerNorm", HiddenSize)).Concat(Enumerable.Range(0, Layers).SelectMany(Layer)))
            yield return weight;
    }

    public override IEnumerable<WeightShape> HeadWeights(Head head, int labels) => head switch
    {
        Head.SequenceClassification => (HasPooler ? Linear("mobilebert.pooler.dense", HiddenSize, HiddenSize) : []).Concat(Linear("classifier", labels, HiddenSize)),
        Head.TokenClassification => Linear("classifier", labels, HiddenSize),
        Head.MaskedLanguage => // its decoder is the word embedding, and a matrix for the dimensions that the embedding lacks
            Linear("cls.predictions.transform.dense", HiddenSize, HiddenSize)
                .Concat(Norm("cls.predictions.transform.LayerNorm", HiddenSize))
                .Append(new("cls.predictions.dense.weight", [HiddenSize - EmbeddingSize, VocabularySize], WeightRole.Embedding))
                .Append(new("cls.predictions.bias", [VocabularySize], WeightRole.Bias)),
        _ => throw new ModelFileException($"A MobileBERT has no head for {head}."),
    };

    public override LanguageModel Build(Weights weights, AdapterSet adapters, Precision precision) => new MobileBertModel(this, weights, adapters, precision);

    public override bool HasDropout => HiddenDropout > 0 || AttentionDropout > 0;

    public override ModelConfiguration WithDropout(double probability) =>
        this with { HiddenDropout = probability, AttentionDropout = probability, ClassifierDropout = null };

    protected override JsonObject ToJson() => new()
    {
        ["attention_probs_dropout_prob"] = AttentionDropout,
        ["classifier_activation"] = HasPooler,
        ["classifier_dropout"] = ClassifierDropout,
        ["embedding_size"] = EmbeddingSize,
        ["hidden_act"] = "relu",
        ["hidden_dropout_prob"] = HiddenDropout,
        ["intermediate_size"] = IntermediateSize,
        ["intra_bottleneck_size"] = BottleneckSize,
        ["key_query_shared_bottleneck"] = true,
        ["layer_norm_eps"] = LayerNormEpsilon,
        ["normalization_type"] = "no_norm",
        ["num_attention_heads"] = Heads,
        ["num_feedforward_networks"] = FeedForwardNetworks,
        ["pad_token_id"] = Padding,
        ["trigram_input"] = true,
        ["true_hidden_size"] = BottleneckSize,
        ["type_vocab_size"] = TokenTypes,
        ["use_bottleneck"] = true,
        ["use_bottleneck_attention"] = false,
    };

    private IEnumerable<WeightShape> Layer(int index)
    {
        var prefix = $"mobilebert.encoder.layer.{index}";
        return Block($"{prefix}.bottleneck.input", BottleneckSize, HiddenSize)
            .Concat(Block($"{prefix}.bottleneck.attention", BottleneckSize, HiddenSize))
            .Concat(Linear($"{prefix}.attention.self.query", BottleneckSize, BottleneckSize))
            .Concat(Linear($"{prefix}.attention.self.key", BottleneckSize, BottleneckSize))
            .Concat(Linear($"{prefix}.attention.self.value", BottleneckSize, HiddenSize))
            .Concat(Block($"{prefix}.attention.output", BottleneckSize, BottleneckSize))
            .Concat(Enumerable.Range(0, FeedForwardNetworks - 1).SelectMany(number => FeedForward($"{prefix}.ffn.{number}")))
            .Concat(FeedForward(prefix))
            .Concat(Block($"{prefix}.output.bottleneck", HiddenSize, BottleneckSize));
    }

    private IEnumerable<WeightShape> FeedForward(string prefix) =>
        Linear($"{prefix}.intermediate.dense", IntermediateSize, BottleneckSize).Concat(Block($"{prefix}.output", BottleneckSize, IntermediateSize));

    // A linear layer and the scale and shift behind it.
    private static IEnumerable<WeightShape> Block(string name, int output, int input) => Linear($"{name}.dense", output, input).Concat(Norm($"{name}.LayerNorm", output));
}
