using System.Globalization;
using System.Text.Json.Serialization;

namespace Nola.Core.Experiments;

/// <summary>
/// A BERT or a Llama that is trained from nothing: its vocabulary (WordPiece, SentencePiece) comes from the training split of the trial's dataset,
/// and so do the first values of a BERT.
/// </summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.NewModel")]
public sealed record NewModel : ModelSpec
{
    public const string Bert = "bert";
    public const string Llama = "llama";

    private const int SmallestHeadOfBert = 32;

    /// <summary>Its architecture, <see cref="Bert"/> or <see cref="Llama"/>. Default: bert.</summary>
    public string Type { get; init; } = Bert;

    /// <summary>Transformer layers. Default: 4.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>Width of the hidden states; a multiple of <see cref="Heads"/>: at least 32 per head of a BERT, an even number per head of a Llama. Default: 256.</summary>
    public int HiddenSize { get; init; } = 256;

    /// <summary>Attention heads. Default: 8.</summary>
    public int Heads { get; init; } = 8;

    /// <summary>Heads of keys and values of a Llama, of which <see cref="Heads"/> is a multiple; null for as many as <see cref="Heads"/>. Default: null.</summary>
    public int? KeyValueHeads { get; init; }

    /// <summary>Width of the feed-forward layers. Default: 1024.</summary>
    public int IntermediateSize { get; init; } = 1024;

    /// <summary>Tokens in the vocabulary. Default: 8000.</summary>
    public int VocabularySize { get; init; } = 8000;

    /// <summary>Longest sequence that the model can read, in tokens. Default: 128.</summary>
    public int MaxPositions { get; init; } = 128;

    /// <summary>Why there can be no such model, such as <c>hiddenSize is 100 for 8 heads, but must be …</c>; null when there can.</summary>
    [JsonIgnore]
    public string? Problem
    {
        get
        {
            var perHead = HiddenSize % Heads == 0 ? HiddenSize / Heads : 0;
            if (Type == Bert && perHead < SmallestHeadOfBert)
                return string.Create(CultureInfo.InvariantCulture, $"hiddenSize is {HiddenSize} for {Heads} heads, but must be a multiple of heads and at least {SmallestHeadOfBert} per head");
            if (Type == Llama && (perHead == 0 || perHead % 2 != 0))
                return string.Create(CultureInfo.InvariantCulture, $"hiddenSize is {HiddenSize} for {Heads} heads, but must be a multiple of heads and even per head");
            if (Type == Llama && Heads % (KeyValueHeads ?? Heads) != 0)
                return string.Create(CultureInfo.InvariantCulture, $"keyValueHeads is {KeyValueHeads}, but must divide heads, which is {Heads}");
            if (Type == Llama && VocabularySize < 300)
                return string.Create(CultureInfo.InvariantCulture, $"vocabulary is {VocabularySize}, but a llama's must be at least 300: it begins with the 256 bytes");
            return Type == Bert && KeyValueHeads is not null ? "keyValueHeads is set, but a bert has as many as heads" : null;
        }
    }
}
