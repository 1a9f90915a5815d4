namespace Nola.Core.Experiments;

/// <summary>The architectures that Nola trains, by the <c>model_type</c> of config.json.</summary>
public static class ModelTypes
{
    /// <summary>Every architecture, by name.</summary>
    public static ImmutableSortedDictionary<string, ModelType> All { get; } = new ModelType[]
    {
        new("bert", ["sequence-classification", "masked-lm"], "gelu"),
        new("llama", ["sequence-classification", "causal-lm"], "silu"),
        new("mistral", ["sequence-classification", "causal-lm"], "silu"),
    }.ToImmutableSortedDictionary(type => type.Name, type => type);

    /// <summary>The weight files of a Hugging Face folder, of which one must be there.</summary>
    public static ImmutableArray<string> WeightFiles { get; } = ["model.safetensors", "model.safetensors.index.json"];

    /// <summary>The tokenizer files of a Hugging Face folder, of which one must be there.</summary>
    public static ImmutableArray<string> TokenizerFiles { get; } = ["vocab.txt", "tokenizer.model", "tokenizer.json"];
}

/// <summary>One architecture.</summary>
/// <param name="Name">Its <c>model_type</c>.</param>
/// <param name="Tasks">Tasks that it has heads for.</param>
/// <param name="Activation">The activation function that it must name, where it names one.</param>
public sealed record ModelType(string Name, ImmutableArray<string> Tasks, string Activation);
