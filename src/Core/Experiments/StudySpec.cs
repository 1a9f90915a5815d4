using Nola.Core.Budgets;

namespace Nola.Core.Experiments;

/// <summary>One cell of an experiment's matrix: a model, a dataset, a method and a budget variant.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.StudySpec")]
public sealed record StudySpec
{
    /// <summary>Key of the experiment.</summary>
    public required string Experiment { get; init; }

    /// <summary>Position in the matrix, from 0.</summary>
    public required int Index { get; init; }

    public required string Task { get; init; }
    public required ModelSpec Model { get; init; }
    public DatasetSpec? Dataset { get; init; }
    public required MethodSpec Method { get; init; }
    public TrainingSettings Training { get; init; } = new();
    public TrialBudget Budget { get; init; } = TrialBudget.None;
    public ImmutableArray<int> Seeds { get; init; } = [0];
    public required Objective Objective { get; init; }
    public ImmutableArray<Constraint> Constraints { get; init; } = [];
    public SearchSpec? Search { get; init; }
    public RetryPolicy Retries { get; init; } = new();
    public ResourceNeeds Needs { get; init; } = new();
    public int Priority { get; init; } = 10;

    /// <summary>What its trials need: they share slots only where they have a frozen base in common.</summary>
    public ResourceNeeds NeedsOfATrial() => Method.CanPack ? Needs : Needs with { Pack = 1 };

    /// <summary>The name that tables show, such as <c>nola-mini / notes / lora / 8 per class</c>.</summary>
    public string Name => string.Join(" / ", new[]
    {
        Model is NoModel ? null : Model.Id,
        Dataset?.Id,
        Method.Id,
        Budget.ToShortText(),
    }.Where(part => !string.IsNullOrEmpty(part)));
}
