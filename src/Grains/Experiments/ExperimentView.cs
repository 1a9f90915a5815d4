using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Grains.Budgets;
using Nola.Grains.Studies;
using Nola.Search.Samplers;

namespace Nola.Grains.Experiments;

/// <summary>Puts together what users see of an experiment.</summary>
internal static class ExperimentView
{
    public static BudgetStatus Budget(ExperimentSpec spec, IReadOnlyCollection<StudySummary> summaries, IEnumerable<RunningTrial> running, Balance? balance)
    {
        var spent = summaries.Aggregate(Usage.None, (sum, summary) => sum + summary.Usage) + running.Aggregate(Usage.None, (sum, trial) => sum + trial.Spent);
        return new()
        {
            Caps = spec.TotalBudget,
            Spent = spent,
            GrantedTrainingTime = balance?.Granted.TrainingTime ?? TimeSpan.Zero,
            TrialsStarted = summaries.Sum(summary => summary.Started),
            Cost = spec.Rates is { } rates ? rates.CostOf(spent.TrainingTime, spent.InferenceTime) + spent.Money : null,
            Currency = spec.Rates?.Currency,
        };
    }

    public static StudyStatus Study(StudySpec study, StudySummary? known)
    {
        var summary = known ?? new() { Index = study.Index };
        return new()
        {
            Index = study.Index,
            Name = study.Name,
            Planned = SamplerFactory.Planned(study.Search) * study.Seeds.Length,
            Counts = summary.Counts,
            Running = summary.InFlight,
            Paused = summary.Paused,
            Best = summary.Best,
            BestTrial = summary.BestTrial,
            IsDone = summary.IsDone,
        };
    }
}
