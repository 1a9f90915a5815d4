using Nola.Client.Views;
using Nola.Core.Experiments;
using Nola.Core.Reports;
using Nola.Core.Searching;
using Nola.Core.Trials;
using Nola.Search;

namespace Nola.Client.Studies;

/// <summary>A study with its trials as they stood when it was read.</summary>
internal sealed record StudyRecord
{
    public required StudySpec Spec { get; init; }

    /// <summary>What other programs call it: the experiment's id, and the study's name behind it when there are several, as in <c>sweep / bert / notes / lora</c>.</summary>
    public required string Title { get; init; }

    /// <summary>Markup of what stands over its tables.</summary>
    public string Heading => Tables.HeadingOf(Spec.Experiment, Spec.Index, Spec.Name);

    /// <summary>Finished trials by number.</summary>
    public ImmutableArray<TrialRecord> Trials { get; init; } = [];

    /// <summary>Trials in flight by number, at most 256.</summary>
    public ImmutableArray<RunningTrial> Running { get; init; } = [];

    public Objective Objective => Spec.Objective;

    /// <summary>All that the search looks for, the experiment's own objective first.</summary>
    public ImmutableArray<Objective> Objectives => [Objective, .. Spec.Search?.Besides ?? []];

    /// <summary>The searched parameters; none for a study with fixed settings.</summary>
    public ImmutableArray<SearchParameter> Space => Spec.Search?.Space.Parameters ?? [];

    /// <summary>The finished trials of each set of hyperparameters, by its number.</summary>
    public IEnumerable<TrialSet> Sets => Trials.GroupBy(trial => trial.Id.Number / Spec.Seeds.Length).Select(set => new TrialSet(set.Key, [.. set]));

    /// <summary>The seeds of the best set, as the report chooses it; empty before the first has a value.</summary>
    public ImmutableArray<TrialRecord> Best => [.. ReportBuilder.BestSet(Objective, Spec.Constraints, Trials)];

    /// <summary>The sets with values, as samplers see them: the mean over the seeds, smaller is better.</summary>
    public IEnumerable<Observation> Observations =>
        from set in Sets
        where set.Value is not null
        select new Observation(set.Number, set.Parameters, Objective.Signed(set.Value!.Value), ObservationState.Completed);

    /// <summary>Whether a finished trial keeps the spec's constraints, as far as is known.</summary>
    public bool IsFeasible(TrialRecord trial) => Constraint.AreKept(trial, Spec.Constraints);

    /// <summary>Whether all trials of a set do.</summary>
    public bool IsFeasible(TrialSet set) => set.Trials.All(IsFeasible);

    /// <summary>The value of a finished trial: the objective, or what a pruned one measured last; null when it has none.</summary>
    public double? ValueOf(TrialRecord trial) => trial.Result.Outcome switch
    {
        Completed or OutOfBudget => trial.Result.Objective,
        Pruned => trial.Measurements.LastOrDefault()?.Metrics.TryGetValue(Objective.Metric, out var value) == true ? value : trial.Result.Objective,
        _ => null,
    };
}

/// <summary>The trials of one set of hyperparameters, one for each seed that has ended; never empty.</summary>
internal sealed record TrialSet(int Number, ImmutableArray<TrialRecord> Trials)
{
    public ImmutableSortedDictionary<string, ParameterValue> Parameters => Trials[0].Parameters;

    /// <summary>Those that came to a value of their own.</summary>
    public IEnumerable<TrialRecord> Valued => Trials.Where(trial => trial.Result is { Objective: not null, Outcome: Completed or OutOfBudget });

    /// <summary>Mean of the objective over the seeds; null when none has one.</summary>
    public double? Value => Valued.Select(trial => trial.Result.Objective).Average();
}
