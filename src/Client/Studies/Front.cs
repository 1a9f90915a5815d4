using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Search;

namespace Nola.Client.Studies;

/// <summary>Sets of hyperparameters by several objectives, and those among the feasible ones that no other beats in all.</summary>
/// <param name="Objectives">The objectives, at least two.</param>
/// <param name="Points">All sets that have a value for each.</param>
internal sealed record Front(ImmutableArray<Objective> Objectives, ImmutableArray<FrontPoint> Points)
{
    /// <summary>The front, in the order of the first objective.</summary>
    public IEnumerable<FrontPoint> Best => Points.Where(point => point.IsBest).OrderBy(point => Objectives[0].Signed(point.Values[0]));

    /// <summary>The sets of a study by some objectives, their means over the seeds.</summary>
    public static Front Of(StudyRecord study, ImmutableArray<Objective> objectives)
    {
        var points = study.Sets.Select(set => (Set: set, Values: objectives.Select(objective => Mean(set, objective.Metric)).ToArray()))
            .Where(item => item.Values.All(value => value is not null))
            .Select(item => (item.Set, Values: item.Values.Select(value => value!.Value).ToImmutableArray())).ToArray();
        var best = ParetoFront.Of([.. points.Where(item => study.IsFeasible(item.Set)).Select(item => new Observation(item.Set.Number, item.Set.Parameters, null, ObservationState.Completed)
        {
            Objectives = [.. item.Values.Select((value, index) => objectives[index].Signed(value))],
        })]).Select(item => item.Number).ToHashSet();
        return new(objectives, [.. points.Select(item => new FrontPoint(item.Set, item.Values, best.Contains(item.Set.Number), study.IsFeasible(item.Set)))]);
    }

    /// <summary>Objectives that a study's trials have values for: its own first, then other metrics, then costs.</summary>
    public static IEnumerable<string> NamesIn(StudyRecord study) => study.Trials
        .SelectMany(trial => trial.Result.Metrics.Keys.Concat(trial.Result.Best?.Metrics.Keys ?? [])).Append(study.Objective.Metric).Distinct()
        .OrderBy(name => name != study.Objective.Metric).ThenBy(name => name, StringComparer.Ordinal).Concat(Merits.CostNames);

    /// <summary>The usual direction of a metric or cost.</summary>
    public static Direction DirectionOf(string name, StudyRecord study) =>
        study.Objectives.FirstOrDefault(objective => objective.Metric == name)?.Direction ?? Objective.UsualDirectionOf(name);

    private static double? Mean(TrialSet set, string name)
    {
        var values = set.Valued.Select(trial => Merits.Of(trial, name)).ToArray();
        return values.Length == 0 || values.Any(value => value is null) ? null : values.Average();
    }
}

/// <summary>A set of hyperparameters by several objectives.</summary>
/// <param name="Set">The set.</param>
/// <param name="Values">Mean over the seeds of each objective.</param>
/// <param name="IsBest">Whether it is feasible and no other such set is nowhere worse and somewhere better.</param>
/// <param name="IsFeasible">Whether all its trials keep the spec's constraints.</param>
internal sealed record FrontPoint(TrialSet Set, ImmutableArray<double> Values, bool IsBest, bool IsFeasible = true);
