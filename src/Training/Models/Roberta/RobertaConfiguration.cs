using System.Text.Json.Nodes;
using Nola.Core.Experiments;
using Nola.Training.Adapters;
using Nola.Training.Models.Bert;
using Nola.Training.Safetensors;
using static Nola.Training.Models.WeightShape;

namespace Nola.Training.Models.Roberta;

/// <summary>The shape of a RoBERTa model: BERT's layers, positions that begin behind the padding's number, no pooler, heads of its own.</summary>
public sealed record RobertaConfiguration : BertConfiguration
{
    /// <summary>Id of padding; the first position is the next number.</summary>
    public int Padding { get; init; } = 1;

    public override int PositionRows => MaxPositions + Padding + 1;

    public override string ModelType => "roberta";

    public override string ClassPrefix => "Roberta";

    public override string BasePrefix => "roberta.";

    /// <summary>Reads a RoBERTa's config.json.</summary>
    public static new RobertaConfiguration Read(ConfigurationFile file)
    {
        file.OneOf("hidden_act", "gelu");
        var padding = file.Integer("pad_token_id", 1);
        return new()
        {
            VocabularySize = file.Integer("vocab_size"),
            HiddenSize = file.Integer("hidden_size"),
            Layers = file.Integer("num_hidden_layers"),
            Heads = file.Integer("num_attention_heads"),
            IntermediateSize = file.Integer("intermediate_size"),
            MaxPositions = file.Integer("max_position_embeddings", 514) - padding - 1,
            TokenTypes = file.Integer("type_vocab_size", 1),
            LayerNormEpsilon = file.Number("layer_norm_eps", 1e-12),
            HiddenDropout = file.Number("hidden_dropout_prob", 0.1),
            AttentionDropout = file.Number("attention_probs_dropout_prob", 0.1),
            ClassifierDropout = (double?)file["classifier_dropout"],
            InitializerRange = file.Number("initializer_range", 0.02),
            Padding = padding,
        };
    }

    public override IEnumerable<WeightShape> HeadWeights(Head head, int labels) => head switch
    {
        Head.SequenceClassification => Linear("classifier.dense", HiddenSize, HiddenSize).Concat(Linear("classifier.out_proj", labels, HiddenSize)),
        Head.TokenClassification => Linear("classifier", labels, HiddenSize),
        Head.MaskedLanguage => // its decoder is the word embedding
            Linear("lm_head.dense", HiddenSize, HiddenSize).Concat(Norm("lm_head.layer_norm", HiddenSize)).Append(new("lm_head.bias", [VocabularySize], WeightRole.Bias)),
        _ => throw new ModelFileException($"A RoBERTa has no head for {head}."),
    };

    public override LanguageModel Build(Weights weights, AdapterSet adapters, Precision precision) => new RobertaModel(this, weights, adapters, precision);

    protected override JsonObject ToJson()
    {
        var json = base.ToJson();
        json["bos_token_id"] = 0;
        json["eos_token_id"] = 2;
        json["max_position_embeddings"] = PositionRows;
        json["pad_token_id"] = Padding;
        return json;
    }
}
