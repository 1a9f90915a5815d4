namespace Nola.Training.Models;

/// <summary>What a model computes on top of its last hidden states.</summary>
public enum Head
{
    /// <summary>One class for a whole text.</summary>
    SequenceClassification,

    /// <summary>One class for every token.</summary>
    TokenClassification,

    /// <summary>The hidden tokens of a text.</summary>
    MaskedLanguage,

    /// <summary>The next token after every token.</summary>
    CausalLanguage,
}
