namespace Nola.Search.Pruners;

/// <summary>
/// Asynchronous successive halving (Li et al., "A system for massively parallel hyperparameter tuning", MLSys 2020), the variant that stops: a trial
/// that reaches a rung goes on if it is among the best 1/factor of all that ever reached it.
/// </summary>
/// <remarks>The rungs lie at leastSteps · factor^(delay + k) steps. NaN at a rung is pruned.</remarks>
public sealed class HalvingPruner(HalvingOptions options) : IPruner
{
    private readonly List<List<double>> rungs = [];
    private readonly Dictionary<int, Track> running = [];
    private long? leastSteps = options.LeastSteps;
    private long longest = -1;

    /// <inheritdoc/>
    public PruneDecision Report(int trial, long step, double value)
    {
        if (!running.TryGetValue(trial, out var track))
            running[trial] = track = new();
        track.LastStep = Math.Max(track.LastStep, step);
        if (leastSteps is null && longest >= 0)
            leastSteps = Math.Max(longest / 100, 1);
        while (leastSteps is { } least && step >= least * Math.Pow(options.Factor, options.Delay + track.Rung))
        {
            if (double.IsNaN(value))
                return PruneDecision.Prune;
            if (rungs.Count == track.Rung)
                rungs.Add([]);
            var rung = rungs[track.Rung++];
            var at = rung.BinarySearch(value);
            rung.Insert(at < 0 ? ~at : at, value);
            if (rung.Count <= options.StartupTrials || value > rung[Math.Max(rung.Count / options.Factor - 1, 0)])
                return PruneDecision.Prune;
        }

        return PruneDecision.Continue;
    }

    /// <inheritdoc/>
    public void End(int trial, ObservationState state)
    {
        if (running.Remove(trial, out var track) && state == ObservationState.Completed)
            longest = Math.Max(longest, track.LastStep);
    }

    private sealed class Track
    {
        public int Rung { get; set; }
        public long LastStep { get; set; } = -1;
    }
}

/// <summary>Settings of <see cref="HalvingPruner"/> and <see cref="PausingHalving"/>.</summary>
public sealed record HalvingOptions
{
    /// <summary>Steps before the first rung; null for a hundredth of the first completed trial's steps, and nothing is pruned before. Default: null.</summary>
    public long? LeastSteps { get; init; }

    /// <summary>One of so many trials goes on at each rung, for so many times the steps. At least 2. Default: 4.</summary>
    public int Factor { get; init; } = 4;

    /// <summary>Rungs left out at the beginning. Default: 0.</summary>
    public int Delay { get; init; }

    /// <summary>Trials that must have reached a rung before any passes it. Default: 0.</summary>
    public int StartupTrials { get; init; }
}
