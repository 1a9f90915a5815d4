using System.Text.Json.Serialization;

namespace Nola.Core.Experiments;

/// <summary>A model of the matrix. One class per kind of model.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(PretrainedModel), "pretrained")]
[JsonDerivedType(typeof(NewModel), "new")]
[JsonDerivedType(typeof(ServedModel), "served")]
[JsonDerivedType(typeof(RecordedModel), "recorded")]
[JsonDerivedType(typeof(LocalModel), "local")]
[JsonDerivedType(typeof(NoModel), "none")]
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.ModelSpec")]
public abstract record ModelSpec
{
    /// <summary>The name that reports show; unique in the experiment.</summary>
    public required string Id { get; init; }
}

/// <summary>A pretrained model in a Hugging Face folder (config.json, model.safetensors, the tokenizer's files), or on the Hugging Face hub.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.PretrainedModel")]
public sealed record PretrainedModel : ModelSpec
{
    /// <summary>
    /// Absolute path of the folder, readable on every silo that trains; or <c>hf:org/name@commit</c>, which each silo downloads where it lacks it.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>
    /// SHA-256 over the folder's weights and configuration, in hexadecimal, taken at submission; null when not taken.
    /// </summary>
    public string? Sha256 { get; init; }
}

/// <summary>Stands for "no model" in tasks that need none, such as <c>function</c>.</summary>
[GenerateSerializer]
[Alias("nola.NoModel")]
public sealed record NoModel : ModelSpec;
