namespace Nola.Core.Experiments;

/// <summary>The architectures that Nola trains, by the <c>model_type</c> of config.json.</summary>
public static class ModelTypes
{
    private static readonly ImmutableArray<string> OfEncoders = ["sequence-classification", "relation-classification", "token-classification", "masked-lm"];

    /// <summary>Every architecture, by name.</summary>
    public static ImmutableSortedDictionary<string, ModelType> All { get; } = new ModelType[]
    {
        new("bert", OfEncoders, "gelu"),
        new("distilbert", OfEncoders, "gelu"),
        new("mobilebert", OfEncoders, "relu"),
        new("roberta", OfEncoders, "gelu") { UnusedPositions = 2 },
        new("llama", ["sequence-classification", "causal-lm"], "silu"),
        new("mistral", ["sequence-classification", "causal-lm"], "silu"),
    }.ToImmutableSortedDictionary(type => type.Name, type => type);

    /// <summary>The weight files of a Hugging Face folder, of which one must be there.</summary>
    public static ImmutableArray<string> WeightFiles { get; } = ["model.safetensors", "model.safetensors.index.json"];

    /// <summary>The tokenizer files of a Hugging Face folder, of which one must be there.</summary>
    public static ImmutableArray<string> TokenizerFiles { get; } = ["vocab.txt", "tokenizer.json", "tokenizer.model", "vocab.json"];

    /// <summary>All files of a Hugging Face folder that say how text becomes tokens.</summary>
    public static ImmutableArray<string> AllTokenizerFiles { get; } = [.. TokenizerFiles, "merges.txt", "tokenizer_config.json", "special_tokens_map.json"];
}

/// <summary>One architecture.</summary>
/// <param name="Name">Its <c>model_type</c>.</param>
/// <param name="Tasks">Tasks that it has heads for.</param>
/// <param name="Activation">The activation function that it must name, where it names one.</param>
public sealed record ModelType(string Name, ImmutableArray<string> Tasks, string Activation)
{
    /// <summary>How many of its config.json's positions no token can have. Default: 0.</summary>
    public int UnusedPositions { get; init; }
}
