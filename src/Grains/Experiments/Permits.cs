using System.Globalization;
using Nola.Core.Experiments;

namespace Nola.Grains.Experiments;

/// <summary>How many more trials an experiment may start, under its parallelism and its cap on trials.</summary>
/// <remarks>A permit is counted until the study's next report tells the trials really in flight.</remarks>
internal sealed class Permits(ExperimentRecord record)
{
    private readonly Dictionary<int, int> given = [];

    /// <summary>Slots of the cluster that fit the experiment's trials.</summary>
    public int Slots { get; set; } = 1;

    /// <summary>Permits given to studies that have not reported since.</summary>
    public int Outstanding => given.Values.Sum();

    /// <summary>A study has reported: what it was given is in its numbers now.</summary>
    public void Settle(int study) => given.Remove(study);

    /// <summary>Gives a study permits.</summary>
    public void Give(int study, int count) => given[study] = count;

    /// <summary>Permits left for trials that have started already.</summary>
    public int FreeSlots(ExperimentSpec spec) => Math.Max(0, (spec.Parallelism ?? Slots) - record.Summaries.Sum(summary => summary.InFlight) - Outstanding);

    /// <summary>Permits left for new trials. Notes in the record when the cap on trials is reached.</summary>
    public int Free(ExperimentSpec spec)
    {
        var free = FreeSlots(spec);
        if (spec.TotalBudget.Trials is { } cap)
        {
            var left = cap - record.Summaries.Sum(summary => summary.Started) - Outstanding;
            if (left <= 0 && Outstanding == 0)
                record.StoppedBy ??= string.Create(CultureInfo.InvariantCulture, $"total.trials = {cap}");
            free = (int)Math.Min(free, left);
        }

        return Math.Max(0, free);
    }
}
