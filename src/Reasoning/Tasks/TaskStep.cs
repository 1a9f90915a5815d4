namespace Nola.Reasoning.Tasks;

/// <summary>What a task wants next for one problem: ask the model again, or nothing more.</summary>
public abstract record TaskStep;

/// <summary>The model must answer a prompt before the task can go on.</summary>
public sealed record AskNext(Prompt Prompt) : TaskStep;

/// <summary>The problem is finished.</summary>
public sealed record Judged(Judgement Judgement) : TaskStep;

/// <summary>One question to a model.</summary>
public sealed record Prompt
{
    /// <summary>What the model is told about its part; null for none.</summary>
    public string? System { get; init; }

    /// <summary>The question.</summary>
    public required string User { get; init; }

    /// <summary>Texts before which an answer ends. Default: none.</summary>
    public ImmutableArray<string> Stop { get; init; } = [];

    /// <summary>Longest answer in tokens.</summary>
    public required int MaxTokens { get; init; }
}
