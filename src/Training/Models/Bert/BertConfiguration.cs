using System.Text.Json.Nodes;
using Nola.Core.Experiments;
using Nola.Training.Adapters;
using Nola.Training.Safetensors;
using static Nola.Training.Models.WeightShape;

namespace Nola.Training.Models.Bert;

/// <summary>The shape of a BERT model. TinyBERT and other small BERTs differ in numbers only; RoBERTa has the same layers.</summary>
public record BertConfiguration : ModelConfiguration
{
    public required int Heads { get; init; }
    public required int IntermediateSize { get; init; }
    public int TokenTypes { get; init; } = 2;
    public double LayerNormEpsilon { get; init; } = 1e-12;
    public double HiddenDropout { get; init; } = 0.1;
    public double AttentionDropout { get; init; } = 0.1;

    /// <summary>Dropout before the classifier; null takes <see cref="HiddenDropout"/>.</summary>
    public double? ClassifierDropout { get; init; }

    /// <summary>Rows of the table of positions.</summary>
    public virtual int PositionRows => MaxPositions;

    public override string ModelType => "bert";

    public override string ClassPrefix => "Bert";

    public override string BasePrefix => "bert.";

    public override DefaultTargets DefaultTargets { get; } = new(["key", "value"], ["key", "value", "output.dense"], ["output.dense"]);

    /// <summary>Reads a BERT's config.json.</summary>
    public static BertConfiguration Read(ConfigurationFile file)
    {
        file.OneOf("hidden_act", "gelu");
        return new()
        {
            VocabularySize = file.Integer("vocab_size"),
            HiddenSize = file.Integer("hidden_size"),
            Layers = file.Integer("num_hidden_layers"),
            Heads = file.Integer("num_attention_heads"),
            IntermediateSize = file.Integer("intermediate_size"),
            MaxPositions = file.Integer("max_position_embeddings", 512),
            TokenTypes = file.Integer("type_vocab_size", 2),
            LayerNormEpsilon = file.Number("layer_norm_eps", 1e-12),
            HiddenDropout = file.Number("hidden_dropout_prob", 0.1),
            AttentionDropout = file.Number("attention_probs_dropout_prob", 0.1),
            ClassifierDropout = (double?)file["classifier_dropout"],
            InitializerRange = file.Number("initializer_range", 0.02),
        };
    }

    public override IEnumerable<WeightShape> BaseWeights()
    {
        yield return Embedding(BasePrefix + "embeddings.word_embeddings", VocabularySize, HiddenSize);
        yield return Embedding(BasePrefix + "embeddings.position_embeddings", PositionRows, HiddenSize);
        yield return Embedding(BasePrefix + "embeddings.token_type_embeddings", TokenTypes, HiddenSize);
        foreach (var weight in Norm(BasePrefix + "embeddings.LayerNorm", HiddenSize).Concat(Enumerable.Range(0, Layers).SelectMany(Layer)))
            yield return weight;
    }

    public override IEnumerable<WeightShape> HeadWeights(Head head, int labels) => head switch
    {
        Head.SequenceClassification => Linear("bert.pooler.dense", HiddenSize, HiddenSize).Concat(Linear("classifier", labels, HiddenSize)),
        Head.TokenClassification => Linear("classifier", labels, HiddenSize),
        Head.MaskedLanguage => // its decoder is the word embedding
            Linear("cls.predictions.transform.dense", HiddenSize, HiddenSize)
                .Concat(Norm("cls.predictions.transform.LayerNorm", HiddenSize))
                .Append(new("cls.predictions.bias", [VocabularySize], WeightRole.Bias)),
        _ => throw new ModelFileException($"A BERT has no head for {head}."),
    };

    public override LanguageModel Build(Weights weights, AdapterSet adapters, Precision precision) => new BertModel(this, weights, adapters, precision);

    public override bool HasDropout => HiddenDropout > 0 || AttentionDropout > 0;

    public override ModelConfiguration WithDropout(double probability) =>
        this with { HiddenDropout = probability, AttentionDropout = probability, ClassifierDropout = null };

    // Old files call a norm's weights gamma and beta.
    public override IEnumerable<string> OtherNames(string name) =>
    [
        name.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal),
    ];

    protected override JsonObject ToJson() => new()
    {
        ["attention_probs_dropout_prob"] = AttentionDropout,
        ["classifier_dropout"] = ClassifierDropout,
        ["hidden_act"] = "gelu",
        ["hidden_dropout_prob"] = HiddenDropout,
        ["intermediate_size"] = IntermediateSize,
        ["layer_norm_eps"] = LayerNormEpsilon,
        ["num_attention_heads"] = Heads,
        ["pad_token_id"] = 0,
        ["type_vocab_size"] = TokenTypes,
    };

    private IEnumerable<WeightShape> Layer(int index)
    {
        var prefix = $"{BasePrefix}encoder.layer.{index}";
        return Linear($"{prefix}.attention.self.query", HiddenSize, HiddenSize)
            .Concat(Linear($"{prefix}.attention.self.key", HiddenSize, HiddenSize))
            .Concat(Linear($"{prefix}.attention.self.value", HiddenSize, HiddenSize))
            .Concat(Linear($"{prefix}.attention.output.dense", HiddenSize, HiddenSize))
            .Concat(Norm($"{prefix}.attention.output.LayerNorm", HiddenSize))
            .Concat(Linear($"{prefix}.intermediate.dense", IntermediateSize, HiddenSize))
            .Concat(Linear($"{prefix}.output.dense", HiddenSize, IntermediateSize))
            .Concat(Norm($"{prefix}.output.LayerNorm", HiddenSize));
    }
}
