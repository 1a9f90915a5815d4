using System.Text.Json.Serialization;

namespace Nola.Core.Experiments;

/// <summary>How a trial gets its result: a way of fine-tuning, of prompting, or a function to evaluate. One class per method.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(FullMethod), "full")]
[JsonDerivedType(typeof(LoraMethod), "lora")]
[JsonDerivedType(typeof(Ia3Method), "ia3")]
[JsonDerivedType(typeof(PromptingMethod), "prompting")]
[JsonDerivedType(typeof(HeadMethod), "head")]
[JsonDerivedType(typeof(BitFitMethod), "bitfit")]
[JsonDerivedType(typeof(PrefixMethod), "prefix")]
[JsonDerivedType(typeof(PromptMethod), "prompt")]
[JsonDerivedType(typeof(FunctionMethod), "function")]
[JsonDerivedType(typeof(CommandMethod), "command")]
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.MethodSpec")]
public abstract record MethodSpec
{
    /// <summary>The name that reports show; unique in the experiment.</summary>
    public required string Id { get; init; }

    /// <summary>Training settings that this method changes; what is null here comes from the experiment.</summary>
    public TrainingOverrides Training { get; init; } = new();

    /// <summary>Whether the layers of its trials can go through one frozen base together (docs/packing.md): its adapters stand beside them, row by row.</summary>
    [JsonIgnore]
    public virtual bool CanPack => false;
}

/// <summary>Full fine-tuning: every weight is trained.</summary>
[GenerateSerializer]
[Alias("nola.FullMethod")]
public sealed record FullMethod : MethodSpec;

/// <summary>
/// LoRA (Hu et al., arXiv 2106.09685): y = Wx + (alpha / rank)·B·A·dropout(x), with W frozen.
/// Defaults are those of arXiv 2402.10597.
/// </summary>
/// <remarks>The variants are those of Hugging Face PEFT, whose adapter_config.json has a key for each property.</remarks>
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

    /// <summary>Names or name endings of the linear layers to adapt, or all-linear. Empty: the key and value projections of the model.</summary>
    public ImmutableArray<string> Targets { get; init; } = [];

    /// <summary>A regular expression for the whole names of the layers to adapt, instead of <see cref="Targets"/>. Default: none.</summary>
    public string? TargetPattern { get; init; }

    /// <summary>Indices of the transformer layers to adapt. Empty: all layers.</summary>
    public ImmutableArray<int> Layers { get; init; } = [];

    /// <summary>Which biases of the model are trained too. Default: none.</summary>
    public LoraBias Bias { get; init; }

    /// <summary>rsLoRA (Kalajdzievski, arXiv 2312.03732): the update is scaled by alpha / √rank. Default: false.</summary>
    public bool RankStabilized { get; init; }

    /// <summary>DoRA (Liu et al., arXiv 2402.09353): the length of each row of the weight is trained apart from its direction. Default: false.</summary>
    public bool Dora { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool CanPack => !Dora && Bias == LoraBias.None;

    /// <summary>Other ranks for some layers, by a regular expression for the end of their names. Default: none.</summary>
    public ImmutableSortedDictionary<string, int> RankPattern { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Other alphas for some layers, by a regular expression for the end of their names. Default: none.</summary>
    public ImmutableSortedDictionary<string, double> AlphaPattern { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>The rank of a layer's update.</summary>
    public int RankOf(string layer) => LayerTargets.Find(RankPattern, layer) ?? Rank;

    /// <summary>The alpha of the layers that <see cref="AlphaPattern"/> does not name.</summary>
    public double GeneralAlpha => AlphaRatio is { } ratio ? ratio * Rank : Alpha;

    /// <summary>The factor of a layer's update.</summary>
    public double ScaleOf(string layer)
    {
        var alpha = LayerTargets.Find(AlphaPattern, layer) ?? GeneralAlpha;
        return RankStabilized ? alpha / Math.Sqrt(RankOf(layer)) : alpha / RankOf(layer);
    }
}

/// <summary>Biases that LoRA trains besides its own matrices.</summary>
public enum LoraBias
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those of all layers and norms.</summary>
    All,

    /// <summary>Those of the adapted layers.</summary>
    LoraOnly,
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

    /// <summary>A regular expression for the whole names of the layers to rescale, instead of <see cref="Targets"/>. Default: none.</summary>
    public string? TargetPattern { get; init; }

    /// <summary>Those of the targets that are scaled at their input instead of their output.</summary>
    public ImmutableArray<string> FeedForward { get; init; } = [];

    /// <summary>Indices of the transformer layers to adapt. Empty: all layers.</summary>
    public ImmutableArray<int> Layers { get; init; } = [];

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool CanPack => true;
}

/// <summary>Only the output head is trained, on the states of a frozen model.</summary>
[GenerateSerializer]
[Alias("nola.HeadMethod")]
public sealed record HeadMethod : MethodSpec;

/// <summary>BitFit (Ben Zaken et al., arXiv 2106.10199): only the biases and the output head are trained.</summary>
[GenerateSerializer]
[Alias("nola.BitFitMethod")]
public sealed record BitFitMethod : MethodSpec;

/// <summary>
/// Prefix tuning (Li and Liang, arXiv 2101.00190): every layer attends to trained keys and values before those of the text; all weights are frozen.
/// </summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.PrefixMethod")]
public sealed record PrefixMethod : MethodSpec
{
    /// <summary>Trained keys and values per layer. Default: 10, as in arXiv 2402.10597.</summary>
    public int Tokens { get; init; } = 10;
}

/// <summary>Prompt tuning (Lester et al., arXiv 2104.08691): trained embeddings stand before those of the text; all weights are frozen.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.PromptMethod")]
public sealed record PromptMethod : MethodSpec
{
    /// <summary>Trained embeddings. Default: 10.</summary>
    public int Tokens { get; init; } = 10;
}
