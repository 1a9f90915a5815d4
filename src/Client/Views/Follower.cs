using Nola.Contracts;
using Nola.Core.Experiments;

namespace Nola.Client.Views;

/// <summary>Follows an experiment until it ends or pauses.</summary>
internal sealed class Follower(IExperimentGrain experiment, TimeProvider time)
{
    private const int PageSize = 100;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<int, int> seen = [];
    private readonly List<FinishedTrial> news = [];
    private ExperimentStatus? last;

    /// <summary>Passes snapshots to <paramref name="show"/> until the experiment no longer runs, and returns its last status. Throws when cancelled.</summary>
    public async Task<ExperimentStatus> Follow(Action<Snapshot> show, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            var fault = await TryLook();
            if (last is { } status)
            {
                // A silo that died takes a while to be replaced; until then the last status is shown, and why there is no newer one.
                show(fault is null ? new(status, [.. news]) : new(status with { Notice = $"There is no answer ({fault.Message.Split('\n')[0].TrimEnd('.', ' ')}); trying again." }, []));
                if (fault is null && IsOver(status))
                    return status;
            }

            if (fault is null)
                news.Clear();
            await timer.WaitForNextTickAsync(stop);
        }
    }

    // Trials of a paused experiment stay in flight, without a place.
    private static bool IsOver(ExperimentStatus status) =>
        status.State is ExperimentState.Finished or ExperimentState.Cancelled || (status.State == ExperimentState.Paused && status.Running.All(trial => trial.Place.Length == 0));

    // Null when all that is new has been read; what was read before a fault is kept for the next look.
    private async Task<Exception?> TryLook()
    {
        try
        {
            last = (await experiment.GetStatus())!;
            foreach (var study in last.Studies)
                await ReadNews(study);
            return null;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return fault;
        }
    }

    private async Task ReadNews(StudyStatus study)
    {
        for (var known = seen.GetValueOrDefault(study.Index); known < study.Counts.Total; seen[study.Index] = known)
        {
            var page = await experiment.GetTrials(study.Index, known, PageSize);
            if (page.IsEmpty)
                return;
            news.AddRange(page.Select(trial => new FinishedTrial(study, trial)));
            known += page.Length;
        }
    }
}
