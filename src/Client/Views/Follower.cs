using Nola.Contracts;
using Nola.Core.Experiments;

namespace Nola.Client.Views;

/// <summary>Follows an experiment until it ends or pauses.</summary>
internal sealed class Follower(IExperimentGrain experiment, TimeProvider time)
{
    private const int PageSize = 100;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<int, int> seen = [];

    /// <summary>Passes snapshots to <paramref name="show"/> until the experiment no longer runs, and returns its last status. Throws when cancelled.</summary>
    public async Task<ExperimentStatus> Follow(Action<Snapshot> show, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            var status = (await experiment.GetStatus())!;
            show(new(status, await News(status)));
            // Trials of a paused experiment stay in flight, without a place.
            var isOver = status.State is ExperimentState.Finished or ExperimentState.Cancelled || (status.State == ExperimentState.Paused && status.Running.All(trial => trial.Place.Length == 0));
            if (isOver)
                return status;
            await timer.WaitForNextTickAsync(stop);
        }
    }

    private async Task<IReadOnlyList<FinishedTrial>> News(ExperimentStatus status)
    {
        var news = new List<FinishedTrial>();
        foreach (var study in status.Studies)
        {
            var known = seen.GetValueOrDefault(study.Index);
            while (known < study.Counts.Total)
            {
                var page = await experiment.GetTrials(study.Index, known, PageSize);
                if (page.IsEmpty)
                    break;
                news.AddRange(page.Select(trial => new FinishedTrial(study, trial)));
                known += page.Length;
            }

            seen[study.Index] = known;
        }

        return news;
    }
}
