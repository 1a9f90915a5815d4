using Nola.Core.Searching;
using Nola.Core.Trials;

namespace Nola.Core.Experiments;

/// <summary>Expands a spec to studies, and a study to trials.</summary>
public static class Matrix
{
    /// <summary>
    /// The studies of an experiment: models, then datasets, then methods, then budget variants, the last varying fastest.
    /// </summary>
    public static ImmutableArray<StudySpec> Expand(ExperimentSpec spec, string experiment)
    {
        ModelSpec[] models = spec.Models.IsEmpty ? [new NoModel { Id = "none" }] : [.. spec.Models];
        DatasetSpec?[] datasets = spec.Datasets.IsEmpty ? [null] : [.. spec.Datasets];
        var cells =
            from model in models
            from dataset in datasets
            from method in spec.Methods
            from budget in spec.TrialBudgets
            select (model, dataset, method, budget);
        return [.. cells.Select((cell, index) => new StudySpec
        {
            Experiment = experiment,
            Index = index,
            Task = spec.Task,
            Model = cell.model,
            Dataset = cell.dataset,
            Method = cell.method,
            Training = cell.method.Training.ApplyTo(spec.Training),
            Budget = cell.budget,
            Seeds = spec.Seeds,
            Objective = spec.Objective,
            Constraints = spec.Constraints,
            Search = SearchFor(spec.Search, cell.method),
            Retries = spec.Retries,
            Needs = spec.Needs,
            Priority = spec.Priority,
        })];
    }

    /// <summary>
    /// The trial that a study runs for one choice of parameters and one seed.
    /// Throws <see cref="ArgumentException"/> when a parameter's value does not fit.
    /// </summary>
    public static TrialSpec Trial(StudySpec study, int number, int seed, ImmutableSortedDictionary<string, ParameterValue> parameters)
    {
        var (method, training) = ParameterCatalogue.Apply(study.Method, study.Training, parameters);
        return new()
        {
            Id = new(study.Experiment, study.Index, number),
            Task = study.Task,
            Model = study.Model,
            Dataset = study.Dataset,
            Method = method,
            Training = training,
            Parameters = parameters,
            Seed = seed,
            Budget = study.Budget,
            Objective = study.Objective,
        };
    }

    // A study searches only over the parameters that its method has: lora.rank means nothing to full fine-tuning.
    private static SearchSpec? SearchFor(SearchSpec? search, MethodSpec method)
    {
        if (search is null)
            return null;
        var mine = search.Space.Parameters.Where(parameter => ParameterCatalogue.Fits(parameter.Name, method)).ToImmutableArray();
        var names = mine.Select(parameter => parameter.Name).ToHashSet();
        // Where the parameter of a condition is missing, so is what depends on it.
        while (mine.RemoveAll(parameter => parameter.When is { } when && !names.Contains(when.Parameter)) is var rest && rest.Length < mine.Length)
        {
            mine = rest;
            names = [.. mine.Select(parameter => parameter.Name)];
        }

        return mine.IsEmpty ? null : search with { Space = new(mine) };
    }
}
