namespace Nola.Reasoning.Tasks;

/// <summary>How one sample of one problem ended.</summary>
public sealed record Judgement
{
    public required JudgementKind Kind { get; init; }

    /// <summary>What the model predicted or wrote, as it was judged; null when the answer held nothing of the kind.</summary>
    public string? Prediction { get; init; }

    /// <summary>What would have been right; null where many things would be.</summary>
    public string? Expected { get; init; }

    /// <summary>Scores of parts of the task, such as <c>synthesis</c>, each 0 or 1.</summary>
    public ImmutableSortedDictionary<string, double> Parts { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Why it was judged so, where that is not plain; for <see cref="JudgementKind.Unjudged"/> always.</summary>
    public string? Reason { get; init; }

    public bool IsRight => Kind == JudgementKind.Right;

    internal static Judgement Of(bool right, string? prediction, string? expected, string? reason = null) => new()
    {
        Kind = right ? JudgementKind.Right : JudgementKind.Wrong,
        Prediction = prediction,
        Expected = expected,
        Reason = reason,
    };

    internal static Judgement Unjudged(string reason) => new() { Kind = JudgementKind.Unjudged, Reason = reason };

    /// <summary>The same with another part.</summary>
    internal Judgement With(string part, bool value) => this with { Parts = Parts.SetItem(part, value ? 1 : 0) };
}

/// <summary>The ways in which a sample may end.</summary>
public enum JudgementKind
{
    Right,
    Wrong,

    /// <summary>Nothing can be said: the truth is unknown, or the sandbox was unavailable. Never counted as wrong.</summary>
    Unjudged,

    /// <summary>The endpoint gave no answer. Reported apart, never counted as wrong.</summary>
    Unanswered,
}
