namespace Nola.Core.Experiments;

/// <summary>
/// A BERT that is trained from nothing: its WordPiece vocabulary and its first values come from the training split of the trial's dataset.
/// </summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.NewModel")]
public sealed record NewModel : ModelSpec
{
    /// <summary>Transformer layers. Default: 4.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>Width of the hidden states; a multiple of <see cref="Heads"/>, at least 32 per head. Default: 256.</summary>
    public int HiddenSize { get; init; } = 256;

    /// <summary>Attention heads. Default: 8.</summary>
    public int Heads { get; init; } = 8;

    /// <summary>Width of the feed-forward layers. Default: 1024.</summary>
    public int IntermediateSize { get; init; } = 1024;

    /// <summary>Tokens in the vocabulary. Default: 8000.</summary>
    public int VocabularySize { get; init; } = 8000;

    /// <summary>Longest sequence that the model can read, in tokens. Default: 128.</summary>
    public int MaxPositions { get; init; } = 128;
}
