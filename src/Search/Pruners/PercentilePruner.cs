namespace Nola.Search.Pruners;

/// <summary>
/// Prunes a trial whose best value so far is worse than the given percentile of what completed trials had at the same step; with 50 the median rule of
/// Golovin et al. (Google Vizier, KDD 2017).
/// </summary>
/// <remarks>A trial that has reported nothing but NaN is pruned. Pruned and failed trials are not compared with.</remarks>
public sealed class PercentilePruner(PercentileOptions options) : IPruner
{
    private readonly CheckSteps checks = new(options.WarmupSteps, options.Interval);
    private readonly Dictionary<int, Track> running = [];
    private readonly Dictionary<long, Column> completed = [];
    private int completedTrials;

    /// <inheritdoc/>
    public PruneDecision Report(int trial, long step, double value)
    {
        if (!running.TryGetValue(trial, out var track))
            running[trial] = track = new();
        var before = track.LastStep;
        track.Values[step] = value;
        track.LastStep = Math.Max(before, step);
        if (!double.IsNaN(value) && !(track.Best <= value))
            track.Best = value;
        if (completedTrials == 0 || completedTrials < options.StartupTrials || !checks.Includes(step, before))
            return PruneDecision.Continue;
        if (double.IsNaN(track.Best))
            return PruneDecision.Prune;
        var limit = completed.TryGetValue(step, out var column) && column.Count >= options.LeastTrials ? Percentile(column.Sorted, options.Percentile) : double.NaN;
        return track.Best > limit ? PruneDecision.Prune : PruneDecision.Continue;
    }

    /// <inheritdoc/>
    public void End(int trial, ObservationState state)
    {
        var isKnown = running.Remove(trial, out var track);
        if (state != ObservationState.Completed)
            return;
        completedTrials++;
        if (!isKnown)
            return;
        foreach (var (step, value) in track!.Values)
        {
            if (!completed.TryGetValue(step, out var column))
                completed[step] = column = new();
            column.Count++;
            if (double.IsNaN(value))
                continue;
            var at = column.Sorted.BinarySearch(value);
            column.Sorted.Insert(at < 0 ? ~at : at, value);
        }
    }

    // Linear between the neighbours, rounded as numpy does.
    private static double Percentile(List<double> sorted, double percentile)
    {
        if (sorted.Count == 0)
            return double.NaN;
        var place = percentile / 100 * (sorted.Count - 1);
        var (low, high) = (sorted[(int)Math.Floor(place)], sorted[(int)Math.Ceiling(place)]);
        var share = place - Math.Floor(place);
        return share >= 0.5 ? high - (high - low) * (1 - share) : low + (high - low) * share;
    }

    private sealed class Track
    {
        public Dictionary<long, double> Values { get; } = [];
        public double Best { get; set; } = double.NaN;
        public long LastStep { get; set; } = -1;
    }

    private sealed class Column
    {
        public List<double> Sorted { get; } = [];
        public int Count { get; set; }
    }
}

/// <summary>Settings of <see cref="PercentilePruner"/>.</summary>
public sealed record PercentileOptions
{
    /// <summary>Share of completed trials that a trial must keep up with, in percent: 25 keeps the best quarter. Default: 50.</summary>
    public double Percentile { get; init; } = 50;

    /// <summary>Completed trials before any is pruned. Default: 5.</summary>
    public int StartupTrials { get; init; } = 5;

    /// <summary>Steps of each trial in which it is not pruned. Default: 0.</summary>
    public long WarmupSteps { get; init; }

    /// <summary>Steps between two looks at a trial. Default: 1.</summary>
    public long Interval { get; init; } = 1;

    /// <summary>Completed trials with a value at the same step that a comparison needs. Default: 1.</summary>
    public int LeastTrials { get; init; } = 1;
}
