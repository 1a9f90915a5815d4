using Nola.Core.Budgets;
using Nola.Core.Experiments;
using Nola.Core.Searching;

namespace Nola.Core.Trials;

/// <summary>
/// All that a runner must know to carry out one trial: every search parameter and every override is already applied.
/// </summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.TrialSpec")]
public sealed record TrialSpec
{
    public required TrialId Id { get; init; }

    /// <summary>A name of <see cref="TaskCatalogue"/>.</summary>
    public required string Task { get; init; }

    public required ModelSpec Model { get; init; }

    /// <summary>Null for tasks without data.</summary>
    public DatasetSpec? Dataset { get; init; }

    /// <summary>The method with this trial's parameters applied.</summary>
    public required MethodSpec Method { get; init; }

    /// <summary>Training settings with the method's and this trial's changes applied.</summary>
    public TrainingSettings Training { get; init; } = new();

    /// <summary>What the sampler chose, by parameter name, for reports and for functions.</summary>
    public ImmutableSortedDictionary<string, ParameterValue> Parameters { get; init; } = ImmutableSortedDictionary<string, ParameterValue>.Empty;

    /// <summary>Seeds initialisation, batches and dropout.</summary>
    public int Seed { get; init; }

    public TrialBudget Budget { get; init; } = TrialBudget.None;

    public required Objective Objective { get; init; }
}
