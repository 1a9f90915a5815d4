using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Sections;
using Nola.Client.Specs.Yaml;
using Nola.Core.Budgets;
using Nola.Core.Devices;
using Nola.Core.Experiments;

namespace Nola.Client.Specs;

/// <summary>A spec file whose sections were read one by one, before the checks between them. What is wrong in it has its default here.</summary>
internal sealed record SpecDraft
{
    public required Fields Fields { get; init; }
    public required string Name { get; init; }
    /// <summary>Null when it is missing or wrong.</summary>
    public required TaskKind? Task { get; init; }
    public required bool HasModels { get; init; }
    public required bool HasDatasets { get; init; }
    public required Mark ModelsAt { get; init; }
    public required Mark DatasetsAt { get; init; }
    public required ImmutableArray<ModelDraft> Models { get; init; }
    public required ImmutableArray<DatasetDraft> Datasets { get; init; }
    public required ImmutableArray<MethodDraft> Methods { get; init; }
    public required ImmutableArray<int> Seeds { get; init; }
    public required bool HasObjective { get; init; }
    public ObjectiveDraft? Objective { get; init; }

    /// <summary>Objectives behind the first.</summary>
    public required ImmutableArray<ObjectiveDraft> Besides { get; init; }
    public required ImmutableArray<ConstraintDraft> Constraints { get; init; }
    public PlacedTraining? Training { get; init; }
    public required BudgetDraft Budget { get; init; }
    public RateCard? Rates { get; init; }
    public SearchDraft? Search { get; init; }
    public int? Parallelism { get; init; }
    public required RetryPolicy Retries { get; init; }
    public required int Priority { get; init; }
    public required ResourceNeeds Needs { get; init; }

    /// <summary>The experiment, when no check found a problem.</summary>
    /// <param name="source">The file's text.</param>
    /// <param name="known">Trials of the journals that its search learns from.</param>
    /// <param name="programs">Programs that are run to judge its trials.</param>
    public ExperimentSpec Complete(string source, ImmutableArray<KnownTrial> known, ProgramKinds programs) => new()
    {
        Name = Name,
        Task = Task!.Name,
        Models = [.. Models.Select(model => model.Spec)],
        // Problems have no splits: all of them are asked.
        Datasets = [.. Datasets.Select(dataset => Task.Runner == RunnerKinds.Reasoning ? dataset.Spec with { Train = [], Validation = [], Test = [.. dataset.Spec.Train, .. dataset.Spec.Test] } : dataset.Spec)],
        Methods = [.. Methods.Select(method => method.Spec)],
        Seeds = Seeds,
        Objective = Objective?.Complete(Task) ?? Task.Objective!,
        Constraints = [.. Constraints.Select(constraint => constraint.Complete())],
        Training = (Training?.Settings ?? new()).ApplyTo(new()),
        TrialBudgets = Budget.Variants,
        TotalBudget = Budget.Total.Budget,
        Rates = Rates ?? RatesOfTokens,
        Search = Search is null ? null : Search.Spec with { Besides = [.. Besides.Select(objective => objective.Complete(Task))] },
        KnownTrials = known,
        Parallelism = Parallelism,
        Retries = Retries,
        Priority = Priority,
        // A function, or waiting for answers, is nothing worth a device.
        Needs = Task.Runner is RunnerKinds.Function or RunnerKinds.Reasoning ? Needs with { Slot = SlotKind.Light, Programs = programs } : Needs,
        SourceText = source,
    };

    // Where only tokens cost, time costs nothing, and the currency is theirs.
    private RateCard? RatesOfTokens =>
        Models.Select(model => model.Spec).OfType<EndpointModel>().Select(model => model.Price?.Currency).FirstOrDefault(currency => currency is not null) is { } currency
            ? new() { Currency = currency, TrainingPerHour = 0, InferencePerHour = 0 }
            : null;
}
