using Nola.Core.Experiments;
using Nola.Core.Trials;

namespace Nola.Core.Reports;

/// <summary>Computes a report from finished trials.</summary>
public static class ReportBuilder
{
    /// <summary>The report of an experiment, finished or not.</summary>
    /// <param name="spec">As submitted.</param>
    /// <param name="status">Where the experiment stands.</param>
    /// <param name="trials">Finished trials by study, in the order of the matrix.</param>
    public static Report Build(ExperimentSpec spec, ExperimentStatus status, IReadOnlyList<IReadOnlyList<TrialRecord>> trials)
    {
        var studies = Matrix.Expand(spec, status.Id);
        var rows = studies.Select(study => Row(spec, study, study.Index < trials.Count ? trials[study.Index] : [])).ToArray();
        var usage = rows.Aggregate(Usage.None, (sum, row) => sum + row.Usage);
        return new()
        {
            Experiment = status.Id,
            Task = spec.Task,
            State = status.State,
            Objective = spec.Objective,
            SubmittedAt = status.SubmittedAt,
            EndedAt = status.EndedAt,
            Elapsed = status.Elapsed,
            MeasuredOn = MeasuredOn(spec),
            Outcomes = rows.Aggregate(OutcomeCounts.None, (sum, row) => sum + row.Outcomes),
            Usage = usage,
            Cost = CostOf(spec, usage),
            Currency = spec.Rates?.Currency,
            Notice = status.Notice,
            Failures =
            [
                .. trials.SelectMany(study => study).Where(trial => trial.Result.Outcome is Failed or Diverged)
                    .OrderBy(trial => trial.Id.Study).ThenBy(trial => trial.Id.Number).Select(trial => new ReportFailure(trial.Id.Study, trial.Id.Number, trial.Result.Outcome)),
            ],
            Provenance = Provenance.Of(spec, status, trials.SelectMany(study => study)),
            Rows = [.. WithEfficiency(WithBest(spec.Objective, rows))],
        };
    }

    private static string MeasuredOn(ExperimentSpec spec)
    {
        if (spec.Models.Any(model => model is EndpointModel))
            return "all problems";
        var hasTest = spec.Datasets.Select(dataset => !dataset.Test.IsEmpty || dataset.Columns.Split is not null).ToHashSet();
        return hasTest.Count switch { 0 => "", 1 => hasTest.Single() ? "the test split" : "the validation split", _ => "the test split, or the validation split of datasets without one" };
    }

    private static ReportRow Row(ExperimentSpec spec, StudySpec study, IReadOnlyList<TrialRecord> trials)
    {
        var chosen = BestSet(spec.Objective, spec.Constraints, trials);
        var usage = trials.Aggregate(Usage.None, (sum, trial) => sum + trial.TotalUsage);
        var metrics = chosen.SelectMany(trial => trial.Result.Metrics).GroupBy(metric => metric.Key, metric => metric.Value);
        var peaks = chosen.Where(trial => trial.Result.Best is not null).Select(trial => trial.Result.Best!.TrainingTime.TotalSeconds).ToArray();
        return new()
        {
            Study = study.Index,
            Name = study.Name,
            Model = study.Model is NoModel ? null : study.Model.Id,
            Dataset = study.Dataset?.Id,
            Method = study.Method.Id,
            Budget = study.Budget.ToShortText(),
            Outcomes = trials.Aggregate(OutcomeCounts.None, (counts, trial) => counts.Add(trial.Result.Outcome)),
            Infeasible = trials.Count(trial => !Constraint.AreKept(trial, spec.Constraints)),
            Parameters = chosen.FirstOrDefault()?.Parameters ?? ImmutableSortedDictionary<string, Searching.ParameterValue>.Empty,
            Metrics = metrics.ToImmutableSortedDictionary(metric => metric.Key, Statistic.Of),
            SecondsToPeak = peaks.Length == 0 ? null : Statistic.Of(peaks),
            ParameterCounts = chosen.Select(trial => trial.Result.Parameters).FirstOrDefault(counts => counts is not null),
            PeakMemory = trials.Select(trial => trial.Result.PeakMemory).DefaultIfEmpty().Max(),
            SamplesPerSecond = usage.TrainingTime > TimeSpan.Zero && usage.Samples > 0 ? usage.Samples / usage.TrainingTime.TotalSeconds : null,
            Usage = usage,
            Cost = CostOf(spec, usage),
        };
    }

    /// <summary>
    /// Of a study's trials those that its row tells of: the seeds of the best set of hyperparameters among those whose seeds are all feasible. A set all of
    /// whose seeds have ended goes before one that lacks some.
    /// </summary>
    public static TrialRecord[] BestSet(Objective objective, ImmutableArray<Constraint> constraints, IReadOnlyList<TrialRecord> trials)
    {
        var sets = trials
            .Where(trial => trial.Result is { Objective: not null, Outcome: Completed or OutOfBudget })
            .GroupBy(trial => string.Join('\n', trial.Parameters.Select(parameter => $"{parameter.Key}={parameter.Value}")))
            .Select(set => set.OrderBy(trial => trial.Seed).ToArray())
            .Where(set => set.All(trial => Constraint.AreKept(trial, constraints)))
            .ToArray();
        if (sets.Length == 0)
            return [];
        var most = sets.Max(set => set.Length);
        return sets.Where(set => set.Length == most).Aggregate((best, set) => objective.IsBetter(Mean(set), Mean(best)) ? set : best);

        static double Mean(TrialRecord[] set) => set.Average(trial => trial.Result.Objective!.Value);
    }

    private static IEnumerable<ReportRow> WithBest(Objective objective, ReportRow[] rows)
    {
        // Equals are all best.
        var best = rows.Where(row => row.Metrics.ContainsKey(objective.Metric)).GroupBy(row => row.Dataset ?? "")
            .SelectMany(group => group.Where(row => !group.Any(other => objective.IsBetter(other.Metrics[objective.Metric].Mean, row.Metrics[objective.Metric].Mean))))
            .Select(row => row.Study).ToHashSet();
        return rows.Select(row => row with { IsBest = best.Contains(row.Study) });
    }

    private static IEnumerable<ReportRow> WithEfficiency(IEnumerable<ReportRow> rows)
    {
        var all = rows.ToArray();
        var efficiency = new Dictionary<int, double>();
        foreach (var group in all.Where(row => row is { SecondsToPeak: not null, ParameterCounts: not null }).GroupBy(row => (row.Dataset, row.Budget)))
        {
            var compared = group.ToArray();
            var values = HolisticEfficiency.Of([.. compared.Select(row => new EfficiencyInputs(row.SecondsToPeak!.Mean, row.ParameterCounts!.Peft, row.ParameterCounts.Total))]);
            foreach (var (row, value) in compared.Zip(values))
                efficiency[row.Study] = value;
        }

        return all.Select(row => row with { Efficiency = efficiency.TryGetValue(row.Study, out var value) ? value : null });
    }

    private static decimal? CostOf(ExperimentSpec spec, Usage usage) => spec.Rates is { } rates ? rates.CostOf(usage.TrainingTime, usage.InferenceTime) + usage.Money : null;
}
