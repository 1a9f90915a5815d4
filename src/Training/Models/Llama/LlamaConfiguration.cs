using System.Text.Json.Nodes;
using Nola.Core.Experiments;
using Nola.Training.Adapters;
using Nola.Training.Safetensors;
using static Nola.Training.Models.WeightShape;

namespace Nola.Training.Models.Llama;

/// <summary>The shape of a Llama (1 to 3, TinyLlama) or of a Mistral, which differs in its sliding window only.</summary>
public sealed record LlamaConfiguration : ModelConfiguration
{
    public required int Heads { get; init; }

    /// <summary>Heads of keys and values, each of which serves <see cref="Heads"/> / <see cref="KeyValueHeads"/> query heads.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Dimensions of a head.</summary>
    public required int HeadSize { get; init; }

    public required int IntermediateSize { get; init; }
    public double NormEpsilon { get; init; } = 1e-6;
    public RotaryEmbedding Rotary { get; init; } = new();

    /// <summary>Tokens that a token sees, itself included, as in Mistral; null for all before it.</summary>
    public int? SlidingWindow { get; init; }

    /// <summary>Whether the scores of the next token come from the word embedding.</summary>
    public bool TiesEmbeddings { get; init; }

    /// <summary>Whether the attention's linear layers have biases.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Whether the feed-forward layers have biases.</summary>
    public bool FeedForwardBias { get; init; }

    public double AttentionDropout { get; init; }

    /// <summary>Whether it is a Mistral.</summary>
    public bool IsMistral { get; init; }

    /// <summary>The special tokens of a SentencePiece vocabulary: the unknown piece, which byte fallback never writes, serves as padding.</summary>
    public static ImmutableSortedDictionary<string, string> TokensOfSentencePiece { get; } =
        ImmutableSortedDictionary<string, string>.Empty.Add("bos_token_id", "1").Add("eos_token_id", "2").Add("pad_token_id", "0");

    /// <summary><c>bos_token_id</c>, <c>eos_token_id</c> and <c>pad_token_id</c> as they stand in config.json.</summary>
    public ImmutableSortedDictionary<string, string> SpecialTokens { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public override string ModelType => IsMistral ? "mistral" : "llama";

    public override string ClassPrefix => IsMistral ? "Mistral" : "Llama";

    public override string BasePrefix => "model.";

    public override DefaultTargets DefaultTargets { get; } = new(["k_proj", "v_proj"], ["k_proj", "v_proj", "down_proj"], ["down_proj"]);

    protected override string OutputLayer => "lm_head";

    /// <summary>Reads a Llama's config.json.</summary>
    public static LlamaConfiguration ReadLlama(ConfigurationFile file) => Read(file);

    /// <summary>Reads a Mistral's config.json.</summary>
    public static LlamaConfiguration ReadMistral(ConfigurationFile file) =>
        Read(file) with { IsMistral = true, SlidingWindow = file["sliding_window"] is { } window ? (int)window : null };

    public override IEnumerable<WeightShape> BaseWeights() =>
        [Embedding("model.embed_tokens", VocabularySize, HiddenSize), .. Enumerable.Range(0, Layers).SelectMany(Layer), .. Norm("model.norm", HiddenSize, bias: false)];

    public override IEnumerable<WeightShape> HeadWeights(Head head, int labels) => head switch
    {
        Head.SequenceClassification => Linear("score", labels, HiddenSize, bias: false),
        Head.CausalLanguage => TiesEmbeddings ? [] : Linear("lm_head", VocabularySize, HiddenSize, bias: false),
        _ => throw new ModelFileException($"A {ClassPrefix} has no head for {head}."),
    };

    public override LanguageModel Build(Weights weights, AdapterSet adapters, Precision precision) => new LlamaModel(this, weights, adapters, precision);

    public override bool HasDropout => AttentionDropout > 0;

    public override ModelConfiguration WithDropout(double probability) => this with { AttentionDropout = probability };

    public override ImmutableArray<string> HeadModules(Head head) => head == Head.SequenceClassification ? ["score"] : [];

    protected override JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["attention_dropout"] = AttentionDropout,
            ["head_dim"] = HeadSize,
            ["hidden_act"] = "silu",
            ["intermediate_size"] = IntermediateSize,
            ["num_attention_heads"] = Heads,
            ["num_key_value_heads"] = KeyValueHeads,
            ["rms_norm_eps"] = NormEpsilon,
            ["tie_word_embeddings"] = TiesEmbeddings,
        };
        if (IsMistral)
        {
            json["sliding_window"] = SlidingWindow;
        }
        else
        {
            json["attention_bias"] = AttentionBias;
            json["mlp_bias"] = FeedForwardBias;
        }

        Rotary.Write(json);
        foreach (var (key, value) in SpecialTokens)
            json[key] = JsonNode.Parse(value);
        return json;
    }

    private static LlamaConfiguration Read(ConfigurationFile file)
    {
        file.OneOf("hidden_act", "silu");
        var heads = file.Integer("num_attention_heads");
        var hidden = file.Integer("hidden_size");
        return new()
        {
            VocabularySize = file.Integer("vocab_size"),
            HiddenSize = hidden,
            Layers = file.Integer("num_hidden_layers"),
            Heads = heads,
            KeyValueHeads = file.Integer("num_key_value_heads", heads),
            HeadSize = file.Integer("head_dim", hidden / heads),
            IntermediateSize = file.Integer("intermediate_size"),
            MaxPositions = file.Integer("max_position_embeddings", 2048),
            NormEpsilon = file.Number("rms_norm_eps", 1e-6),
            Rotary = RotaryEmbedding.Read(file),
            TiesEmbeddings = file.Flag("tie_word_embeddings", false),
            AttentionBias = file.Flag("attention_bias", false),
            FeedForwardBias = file.Flag("mlp_bias", false),
            AttentionDropout = file.Number("attention_dropout", 0),
            InitializerRange = file.Number("initializer_range", 0.02),
            SpecialTokens = new[] { "bos_token_id", "eos_token_id", "pad_token_id" }.Where(key => file[key] is not null)
                .ToImmutableSortedDictionary(key => key, key => file[key]!.ToJsonString()),
        };
    }

    private IEnumerable<WeightShape> Layer(int index)
    {
        var prefix = $"model.layers.{index}";
        var (queries, keys) = (Heads * HeadSize, KeyValueHeads * HeadSize);
        return Norm($"{prefix}.input_layernorm", HiddenSize, bias: false)
            .Concat(Linear($"{prefix}.self_attn.q_proj", queries, HiddenSize, AttentionBias))
            .Concat(Linear($"{prefix}.self_attn.k_proj", keys, HiddenSize, AttentionBias))
            .Concat(Linear($"{prefix}.self_attn.v_proj", keys, HiddenSize, AttentionBias))
            .Concat(Linear($"{prefix}.self_attn.o_proj", HiddenSize, queries, AttentionBias))
            .Concat(Norm($"{prefix}.post_attention_layernorm", HiddenSize, bias: false))
            .Concat(Linear($"{prefix}.mlp.gate_proj", IntermediateSize, HiddenSize, FeedForwardBias))
            .Concat(Linear($"{prefix}.mlp.up_proj", IntermediateSize, HiddenSize, FeedForwardBias))
            .Concat(Linear($"{prefix}.mlp.down_proj", HiddenSize, IntermediateSize, FeedForwardBias));
    }
}
