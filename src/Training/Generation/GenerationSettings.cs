namespace Nola.Training.Generation;

/// <summary>How a text is continued.</summary>
public sealed record GenerationSettings
{
    /// <summary>Most tokens to be written. Default: 256.</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>Divides the scores before one token is drawn; 0 takes the most probable token every time. Default: 0.</summary>
    public double Temperature { get; init; }

    /// <summary>
    /// Tokens are drawn from the most probable ones whose probabilities sum up to this, in (0, 1] (Holtzman et al., arXiv 1904.09751). Default: 1.
    /// </summary>
    public double TopP { get; init; } = 1;

    /// <summary>Seed of the draws. Default: 0.</summary>
    public int Seed { get; init; }

    /// <summary>Texts that end the generation; they are not part of the result. Default: none.</summary>
    public ImmutableArray<string> Stop { get; init; } = [];
}
