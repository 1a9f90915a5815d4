using Nola.Core.Budgets;

namespace Nola.Core.Experiments;

/// <summary>
/// One spec file, checked and with every default filled in: the matrix model × dataset × method × budget variant,
/// the search over hyperparameters, and the budgets that bound it.
/// </summary>
/// <remarks>Immutable. It is stored with the experiment, so that a finished experiment can be run again from its record.</remarks>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.ExperimentSpec")]
public sealed record ExperimentSpec
{
    /// <summary>The experiment's name: letters, digits, '-', '_' and '.', at most 64.</summary>
    public required string Name { get; init; }

    /// <summary>The task every trial performs, a name of <see cref="TaskCatalogue"/>.</summary>
    public required string Task { get; init; }

    /// <summary>The models; an axis of the matrix.</summary>
    public ImmutableArray<ModelSpec> Models { get; init; } = [];

    /// <summary>The datasets; an axis of the matrix.</summary>
    public ImmutableArray<DatasetSpec> Datasets { get; init; } = [];

    /// <summary>The methods; an axis of the matrix.</summary>
    public ImmutableArray<MethodSpec> Methods { get; init; } = [];

    /// <summary>Every set of hyperparameters is run once per seed. Default: 0.</summary>
    public ImmutableArray<int> Seeds { get; init; } = [0];

    /// <summary>What is optimised and reported first. Default: the task's own objective.</summary>
    public required Objective Objective { get; init; }

    /// <summary>What trials must keep to be of use; searches look for sets that keep all of them, and no other is best. Default: none.</summary>
    public ImmutableArray<Constraint> Constraints { get; init; } = [];

    /// <summary>Training settings that methods and search parameters may override.</summary>
    public TrainingSettings Training { get; init; } = new();

    /// <summary>Variants of the per-trial budget; lists in the spec file expand to several, an axis of the matrix. Default: one without caps.</summary>
    public ImmutableArray<TrialBudget> TrialBudgets { get; init; } = [TrialBudget.None];

    /// <summary>Caps on the experiment as a whole. Default: none.</summary>
    public TotalBudget TotalBudget { get; init; } = TotalBudget.None;

    /// <summary>What an hour of device time costs; null when the spec has no rate card, and then no cost is reported.</summary>
    public RateCard? Rates { get; init; }

    /// <summary>The search within each study; null when every study runs its fixed settings once per seed.</summary>
    public SearchSpec? Search { get; init; }

    /// <summary>Trials of another program from which searches over the same parameters learn before they begin, oldest first. Default: none.</summary>
    /// <remarks>They stand here and not in <see cref="Search"/>, because studies store that again and again.</remarks>
    public ImmutableArray<KnownTrial> KnownTrials { get; init; } = [];

    /// <summary>Most trials in flight at once; null for as many as the cluster has free slots.</summary>
    public int? Parallelism { get; init; }

    /// <summary>How often a lost or failed trial is tried again.</summary>
    public RetryPolicy Retries { get; init; } = new();

    /// <summary>Share of the cluster against other experiments: twice the priority, twice the slots. 1 to 100. Default: 10.</summary>
    public int Priority { get; init; } = 10;

    /// <summary>What one trial needs of a device.</summary>
    public ResourceNeeds Needs { get; init; } = new();

    /// <summary>The spec file's text as the user wrote it, kept for the record.</summary>
    public string SourceText { get; init; } = "";
}
