using Nola.Core.Searching;
using Nola.Search.Importance;

namespace Nola.Client.Studies;

/// <summary>How much each parameter of a study matters, by two measures that each sum to 1.</summary>
/// <param name="Results">Sets of hyperparameters with a value, from which they were computed.</param>
/// <param name="Parameters">The parameters, the most important first.</param>
internal sealed record Importances(int Results, ImmutableArray<ParameterImportance> Parameters)
{
    /// <summary>Results that a forest is grown from; of more, an even selection.</summary>
    public const int MostForFanova = 2000;

    /// <summary>Computes both; zeros where the results are too few, or all of one value.</summary>
    public static Importances Of(StudyRecord study)
    {
        var space = new SearchSpace(study.Space);
        var results = study.Observations.ToArray();
        var some = results.Length <= MostForFanova ? results : [.. Enumerable.Range(0, MostForFanova).Select(index => results[(long)index * results.Length / MostForFanova])];
        var (pedAnova, fanova) = (PedAnova.Of(space, results), Fanova.Of(space, some));
        return new(results.Length, [.. study.Space
            .Select(parameter => new ParameterImportance(parameter.Name, pedAnova[parameter.Name], parameter.When is null ? fanova[parameter.Name] : null))
            .OrderByDescending(parameter => parameter.PedAnova)]);
    }
}

/// <summary>The importance of one parameter.</summary>
/// <param name="Parameter">Its name.</param>
/// <param name="PedAnova">How much it decides whether a set is among the best tenth.</param>
/// <param name="Fanova">Share of the variance of the objective that it explains alone; null for a conditional parameter, which has none.</param>
internal sealed record ParameterImportance(string Parameter, double PedAnova, double? Fanova);
