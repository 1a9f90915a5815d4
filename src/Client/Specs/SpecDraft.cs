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
    public ObjectiveDraft? Objective { get; init; }
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
    public ExperimentSpec Complete(string source) => new()
    {
        Name = Name,
        Task = Task!.Name,
        Models = [.. Models.Select(model => model.Spec)],
        Datasets = [.. Datasets.Select(dataset => dataset.Spec)],
        Methods = [.. Methods.Select(method => method.Spec)],
        Seeds = Seeds,
        Objective = Objective?.Complete(Task) ?? Task.Objective,
        Training = (Training?.Settings ?? new()).ApplyTo(new()),
        TrialBudgets = Budget.Variants,
        TotalBudget = Budget.Total.Budget,
        Rates = Rates,
        Search = Search?.Spec,
        Parallelism = Parallelism,
        Retries = Retries,
        Priority = Priority,
        // A function computes nothing worth a device.
        Needs = Task.Runner == RunnerKinds.Function ? Needs with { Slot = SlotKind.Light } : Needs,
        SourceText = source,
    };
}
