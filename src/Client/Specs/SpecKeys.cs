using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Sections;
using Nola.Core.Budgets;
using Nola.Core.Experiments;

namespace Nola.Client.Specs;

/// <summary>The keys of a spec file: the one table behind reading, the JSON Schema and the reference page.</summary>
internal static class SpecKeys
{
    private static readonly Key<string> Name = new("name", Values.Name, "The experiment's name; its id in commands.") { IsRequired = true };
    private static readonly Key<TaskKind> Task = new("task", new ChoiceForm<TaskKind>("task", [.. TaskCatalogue.All.Values.Select(task => (task.Name, task))]), "What every trial does.") { IsRequired = true };
    private static readonly Key<ImmutableArray<ModelDraft>> Models = new("models", ModelsSection.Form, "The models; an axis of the matrix.");
    private static readonly Key<ImmutableArray<DatasetDraft>> Datasets = new("datasets", DatasetsSection.Form, "The datasets; an axis of the matrix.");
    private static readonly Key<ImmutableArray<MethodDraft>> Methods = new("methods", MethodsSection.Form, "The methods; an axis of the matrix.") { IsRequired = true };
    private static readonly Key<ImmutableArray<int>> Seeds = new("seeds", new ManyForm<int>(Values.Integer(0)), "Every set of hyperparameters is run once per seed.", "0");
    private static readonly Key<ImmutableArray<ObjectiveDraft>> Objective = new("objective", ObjectiveSection.Form, "What is optimised and reported first.", "the task's own");
    private static readonly Key<ImmutableArray<ConstraintDraft>> Constraints = new("constraints", ConstraintsSection.Form, "Bounds outside of which a trial is infeasible: never the best, and avoided by searches.", "none");
    private static readonly Key<PlacedTraining> Training = new("training", TrainingSection.Section.Form, "Training settings of all methods.", "those of arXiv 2402.10597");
    private static readonly Key<BudgetDraft> Budget = new("budget", BudgetSection.Section.Form, "What may be spent.", "no caps");
    private static readonly Key<RateCard> Rates = new("rates", BudgetSection.Rates.Form, "What device time costs.", "no costs are reported");
    private static readonly Key<SearchDraft> Search = new("search", SearchSection.Section.Form, "A search over hyperparameters.", "each study runs its fixed settings");
    private static readonly Key<int> Parallelism = new("parallelism", Values.Integer(1, 100_000), "Most trials in flight at once.", "as many as the cluster has free slots");
    private static readonly Key<RetryPolicy> Retries = new("retries", ClusterSections.Retries, "How often a trial is tried again; a number counts lost attempts.", "3");
    private static readonly Key<int> Priority = new("priority", Values.Integer(1, 100), "Share of the cluster against other experiments: twice the priority, twice the slots.", "10");
    private static readonly Key<ResourceNeeds> Needs = new("needs", ClusterSections.Needs.Form, "What one trial needs of a device.", "any device that trains");

    /// <summary>The whole file.</summary>
    public static Section<SpecDraft> Root { get; } = new(
        "",
        "One experiment: the matrix models × datasets × methods × budgets, run once per seed, or searched over.",
        [Name, Task, Models, Datasets, Methods, Seeds, Objective, Constraints, Training, Budget, Rates, Search, Parallelism, Retries, Priority, Needs],
        fields => new()
        {
            Fields = fields,
            Name = fields.Get(Name, ""),
            Task = fields.FindObject(Task),
            HasModels = fields.Has(Models),
            HasDatasets = fields.Has(Datasets),
            ModelsAt = fields.MarkOf(Models),
            DatasetsAt = fields.MarkOf(Datasets),
            Models = fields.Get(Models, []),
            Datasets = fields.Get(Datasets, []),
            Methods = fields.Get(Methods, []),
            Seeds = fields.Get(Seeds, [0]),
            HasObjective = fields.Has(Objective),
            Objective = fields.Get(Objective, []).FirstOrDefault(),
            Besides = [.. fields.Get(Objective, []).Skip(1)],
            Constraints = fields.Get(Constraints, []),
            Training = fields.FindObject(Training),
            Budget = fields.FindObject(Budget) ?? BudgetDraft.None,
            Rates = fields.FindObject(Rates),
            Search = fields.FindObject(Search),
            Parallelism = fields.Find(Parallelism),
            Retries = fields.FindObject(Retries) ?? new(),
            Priority = fields.Get(Priority, 10),
            Needs = fields.FindObject(Needs) ?? new(),
        },
        buildsAnyway: true);
}
