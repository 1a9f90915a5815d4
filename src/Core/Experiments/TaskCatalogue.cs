using Nola.Core.Functions;

namespace Nola.Core.Experiments;

/// <summary>The tasks that a spec may name, with what each needs and measures.</summary>
public static class TaskCatalogue
{
    /// <summary>Every task, by name.</summary>
    public static ImmutableSortedDictionary<string, TaskKind> All { get; } = new TaskKind[]
    {
        new("sequence-classification", RunnerKinds.Training)
        {
            Metrics = ["macro-f1", "accuracy", "micro-f1", "weighted-f1", "auroc", "loss"],
            Objective = new("macro-f1", Direction.Maximize),
            NeedsLabels = true,
        },
        new("relation-classification", RunnerKinds.Training)
        {
            Metrics = ["macro-f1", "accuracy", "micro-f1", "weighted-f1", "auroc", "loss"],
            Objective = new("macro-f1", Direction.Maximize),
            NeedsLabels = true,
            MarksEntities = true,
        },
        new("token-classification", RunnerKinds.Training)
        {
            Metrics = ["micro-f1", "macro-f1", "weighted-f1", "precision", "recall", "accuracy", "loss"],
            Objective = new("micro-f1", Direction.Maximize),
            NeedsLabels = true,
            LabelsWords = true,
        },
        new("masked-lm", RunnerKinds.Training)
        {
            Metrics = ["loss", "perplexity", "accuracy"],
            Objective = new("loss", Direction.Minimize),
        },
        Reasoning("ier", "crr", ["cot", "direct"], "type-match", "value-match"),
        Reasoning("der", "der", ["cot"], "synthesis-rate", "reasoning-rate"),
        Reasoning("sr", "pass@1", ["with-test", "no-test", "misleading-test"]),
        Reasoning("cruxeval-output", "pass@1", ["direct", "cot"], "pass@5", "type-match"),
        Reasoning("cruxeval-input", "pass@1", ["direct", "cot"], "pass@5"),
        new("causal-lm", RunnerKinds.Training)
        {
            Metrics = ["loss", "perplexity", "accuracy"],
            Objective = new("loss", Direction.Minimize),
            MeasuresOtherTexts = true,
        },
        new("function", RunnerKinds.Function)
        {
            Metrics = TestFunction.Metrics,
            Objective = new(TestFunction.Metrics[0], Direction.Minimize),
            NeedsModel = false,
            NeedsDataset = false,
            TakesAnyParameter = true,
        },
        new("command", RunnerKinds.Command)
        {
            Metrics = [],
            Objective = null,
            NeedsModel = false,
            NeedsDataset = false,
            TakesAnyParameter = true,
        },
    }.ToImmutableSortedDictionary(task => task.Name, task => task);

    private static TaskKind Reasoning(string name, string objective, ImmutableArray<string> styles, params ReadOnlySpan<string> others) => new(name, RunnerKinds.Reasoning)
    {
        Metrics = [objective, .. others, "problems", "unanswered", "unjudged"],
        Objective = new(objective, Direction.Maximize),
        Styles = styles,
    };
}

/// <summary>One task: which runner performs it, what it needs, what it measures.</summary>
public sealed record TaskKind(string Name, string Runner)
{
    /// <summary>Names of the metrics that its measurements hold; empty where they may hold any.</summary>
    public required ImmutableArray<string> Metrics { get; init; }

    /// <summary>The objective when the spec names none; null where the spec must name one.</summary>
    public required Objective? Objective { get; init; }

    /// <summary>Whether its spec must name models.</summary>
    public bool NeedsModel { get; init; } = true;

    /// <summary>Whether its spec must name datasets.</summary>
    public bool NeedsDataset { get; init; } = true;

    /// <summary>Whether a search may vary parameters of any name and range, instead of those of <see cref="ParameterCatalogue"/>.</summary>
    public bool TakesAnyParameter { get; init; }

    /// <summary>The styles of prompts that it has, of <see cref="PromptingMethod.Styles"/>; empty for tasks that ask no language model.</summary>
    public ImmutableArray<string> Styles { get; init; } = [];

    /// <summary>Whether its datasets must have a label column.</summary>
    public bool NeedsLabels { get; init; }

    /// <summary>Whether every word has a label of its own, as in CoNLL files, instead of every text.</summary>
    public bool LabelsWords { get; init; }

    /// <summary>Whether every text marks two entities.</summary>
    public bool MarksEntities { get; init; }
    /// <summary>Whether it also measures the texts of a dataset's <c>alsoEvaluate</c>.</summary>
    public bool MeasuresOtherTexts { get; init; }
}

/// <summary>Names of the kinds of runners.</summary>
public static class RunnerKinds
{
    public const string Training = "training";
    public const string Reasoning = "reasoning";
    public const string Function = "function";
    public const string Command = "command";
}
