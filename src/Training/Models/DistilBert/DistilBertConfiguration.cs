using System.Text.Json.Nodes;
using Nola.Core.Experiments;
using Nola.Training.Adapters;
using Nola.Training.Safetensors;
using static Nola.Training.Models.WeightShape;

namespace Nola.Training.Models.DistilBert;

/// <summary>The shape of a DistilBERT model: half of BERT's layers, no token types, no pooler.</summary>
public sealed record DistilBertConfiguration : ModelConfiguration
{
    public required int Heads { get; init; }
    public required int IntermediateSize { get; init; }
    public double HiddenDropout { get; init; } = 0.1;
    public double AttentionDropout { get; init; } = 0.1;

    /// <summary>Dropout before the classifier of whole texts.</summary>
    public double ClassifierDropout { get; init; } = 0.2;

    public override string ModelType => "distilbert";

    public override string ClassPrefix => "DistilBert";

    public override string BasePrefix => "distilbert.";

    public override DefaultTargets DefaultTargets { get; } = new(["k_lin", "v_lin"], ["k_lin", "v_lin", "lin2"], ["lin2"]);

    /// <summary>Reads a DistilBERT's config.json.</summary>
    public static DistilBertConfiguration Read(ConfigurationFile file)
    {
        file.OneOf("activation", "gelu");
        return new()
        {
            VocabularySize = file.Integer("vocab_size"),
            HiddenSize = file.Integer("dim"),
            Layers = file.Integer("n_layers"),
            Heads = file.Integer("n_heads"),
            IntermediateSize = file.Integer("hidden_dim"),
            MaxPositions = file.Integer("max_position_embeddings", 512),
            HiddenDropout = file.Number("dropout", 0.1),
            AttentionDropout = file.Number("attention_dropout", 0.1),
            ClassifierDropout = file.Number("seq_classif_dropout", 0.2),
            InitializerRange = file.Number("initializer_range", 0.02),
        };
    }

    /// <summary>PEFT leaves <c>pre_classifier</c> frozen unless it is told of it; untrained it is random, so it belongs to the head here.</summary>
    public override ImmutableArray<string> HeadModules(Head head) => head == Head.SequenceClassification ? ["pre_classifier", "classifier"] : base.HeadModules(head);

    public override IEnumerable<WeightShape> BaseWeights()
    {
        yield return Embedding("distilbert.embeddings.word_embeddings", VocabularySize, HiddenSize);
        yield return Embedding("distilbert.embeddings.position_embeddings", MaxPositions, HiddenSize);
        foreach (var weight in Norm("distilbert.embeddings.LayerNorm", HiddenSize).Concat(Enumerable.Range(0, Layers).SelectMany(Layer)))
            yield return weight;
    }

    public override IEnumerable<WeightShape> HeadWeights(Head head, int labels) => head switch
    {
        Head.SequenceClassification => Linear("pre_classifier", HiddenSize, HiddenSize).Concat(Linear("classifier", labels, HiddenSize)),
        Head.TokenClassification => Linear("classifier", labels, HiddenSize),
        Head.MaskedLanguage => // its projector is the word embedding
            Linear("vocab_transform", HiddenSize, HiddenSize).Concat(Norm("vocab_layer_norm", HiddenSize)).Append(new("vocab_projector.bias", [VocabularySize], WeightRole.Bias)),
        _ => throw new ModelFileException($"A DistilBERT has no head for {head}."),
    };

    public override LanguageModel Build(Weights weights, AdapterSet adapters, Precision precision) => new DistilBertModel(this, weights, adapters, precision);

    public override bool HasDropout => HiddenDropout > 0 || AttentionDropout > 0;

    public override ModelConfiguration WithDropout(double probability) =>
        this with { HiddenDropout = probability, AttentionDropout = probability, ClassifierDropout = probability };

    protected override JsonObject ToJson() => new()
    {
        ["activation"] = "gelu",
        ["attention_dropout"] = AttentionDropout,
        ["dim"] = HiddenSize,
        ["dropout"] = HiddenDropout,
        ["hidden_dim"] = IntermediateSize,
        ["n_heads"] = Heads,
        ["n_layers"] = Layers,
        ["pad_token_id"] = 0,
        ["seq_classif_dropout"] = ClassifierDropout,
    };

    private IEnumerable<WeightShape> Layer(int index)
    {
        var prefix = $"distilbert.transformer.layer.{index}";
        return Linear($"{prefix}.attention.q_lin", HiddenSize, HiddenSize)
            .Concat(Linear($"{prefix}.attention.k_lin", HiddenSize, HiddenSize))
            .Concat(Linear($"{prefix}.attention.v_lin", HiddenSize, HiddenSize))
            .Concat(Linear($"{prefix}.attention.out_lin", HiddenSize, HiddenSize))
            .Concat(Norm($"{prefix}.sa_layer_norm", HiddenSize))
            .Concat(Linear($"{prefix}.ffn.lin1", IntermediateSize, HiddenSize))
            .Concat(Linear($"{prefix}.ffn.lin2", HiddenSize, IntermediateSize))
            .Concat(Norm($"{prefix}.output_layer_norm", HiddenSize));
    }
}
