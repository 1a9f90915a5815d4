using System.Text.Json.Serialization;

namespace Nola.Core.Experiments;

/// <summary>How a trial gets its result: a way of fine-tuning, of prompting, or a function to evaluate. One class per method.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(FullMethod), "full")]
[JsonDerivedType(typeof(LoraMethod), "lora")]
[JsonDerivedType(typeof(Ia3Method), "ia3")]
[JsonDerivedType(typeof(PromptingMethod), "prompting")]
[JsonDerivedType(typeof(FunctionMethod), "function")]
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.MethodSpec")]
public abstract record MethodSpec
{
    /// <summary>The name that reports show; unique in the experiment.</summary>
    public required string Id { get; init; }

    /// <summary>Training settings that this method changes; what is null here comes from the experiment.</summary>
    public TrainingOverrides Training { get; init; } = new();
}

/// <summary>Full fine-tuning: every weight is trained.</summary>
[GenerateSerializer]
[Alias("nola.FullMethod")]
public sealed record FullMethod : MethodSpec;

/// <summary>
/// LoRA (Hu et al., arXiv 2106.09685): y = Wx + (alpha / rank)·B·A·dropout(x), with W frozen.
/// Defaults are those of arXiv 2402.10597.
/// </summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.LoraMethod")]
public sealed record LoraMethod : MethodSpec
{
    /// <summary>Rank r of the update. Default: 8.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>Scaling numerator; the update is scaled by alpha / rank. Default: 8.</summary>
    public double Alpha { get; init; } = 8;

    /// <summary>When set, alpha = ratio × rank and <see cref="Alpha"/> is not used; this is how arXiv 2402.10597 sweeps it.</summary>
    public double? AlphaRatio { get; init; }

    /// <summary>Dropout before A, in [0, 1). Default: 0.1.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Names or name endings of the linear layers to adapt. Empty: the key and value projections of the model.</summary>
    public ImmutableArray<string> Targets { get; init; } = [];

    /// <summary>Indices of the transformer layers to adapt. Empty: all layers.</summary>
    public ImmutableArray<int> Layers { get; init; } = [];
}

/// <summary>
/// IA3 (Liu et al., arXiv 2205.05638): learned vectors rescale keys, values and the feed-forward input; all weights are frozen.
/// </summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.Ia3Method")]
public sealed record Ia3Method : MethodSpec
{
    /// <summary>Names or name endings of the layers to rescale. Empty: keys, values and the last feed-forward layer of the model.</summary>
    public ImmutableArray<string> Targets { get; init; } = [];

    /// <summary>Those of the targets that are scaled at their input instead of their output.</summary>
    public ImmutableArray<string> FeedForward { get; init; } = [];

    /// <summary>Indices of the transformer layers to adapt. Empty: all layers.</summary>
    public ImmutableArray<int> Layers { get; init; } = [];
}

/// <summary>A built-in synthetic objective, for benchmarks and tests of the engine.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.FunctionMethod")]
public sealed record FunctionMethod : MethodSpec
{
    /// <summary>Names of the functions there are.</summary>
    public static ImmutableArray<string> Functions { get; } = ["constant", "sphere", "curve", "failing", "diverging"];

    /// <summary>The function's name, such as <c>constant</c> or <c>sphere</c>.</summary>
    public required string Function { get; init; }

    /// <summary>Simulated run time of one trial. Default: none.</summary>
    public TimeSpan Duration { get; init; }
}
