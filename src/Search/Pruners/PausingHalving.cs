namespace Nola.Search.Pruners;

/// <summary>
/// Asynchronous successive halving as its paper has it (Li et al., MLSys 2020, algorithm 2): a trial pauses at every rung, and whenever there is room
/// the best paused trial that is among the best 1/factor of its rung goes on; only when there is none a new one starts.
/// </summary>
/// <remarks>
/// The rungs lie at leastSteps · factor^(delay + k) steps. NaN is worse than any number. What ended trials reported still counts. It remembers values
/// only; which trials are paused its study knows. Needs <see cref="HalvingOptions.LeastSteps"/>.
/// </remarks>
public sealed class PausingHalving : IPausingPruner
{
    private readonly HalvingOptions options;
    private readonly List<List<(double Value, int Trial)>> rungs = [];
    private readonly Dictionary<int, int> rungOf = [];

    /// <summary>Throws <see cref="ArgumentException"/> without a number of steps before the first rung.</summary>
    public PausingHalving(HalvingOptions options)
    {
        if (options.LeastSteps is null)
            throw new ArgumentException("Pausing needs the steps before the first rung.", nameof(options));
        this.options = options;
    }

    /// <inheritdoc/>
    public PruneDecision Report(int trial, long step, double value)
    {
        var rung = rungOf.GetValueOrDefault(trial);
        if (step < options.LeastSteps!.Value * Math.Pow(options.Factor, options.Delay + rung))
            return PruneDecision.Continue;
        while (rungs.Count <= rung)
            rungs.Add([]);
        var entry = (double.IsNaN(value) ? double.PositiveInfinity : value, trial);
        var at = rungs[rung].BinarySearch(entry);
        rungs[rung].Insert(at < 0 ? ~at : at, entry);
        rungOf[trial] = rung + 1;
        return PruneDecision.Pause;
    }

    /// <inheritdoc/>
    public IEnumerable<int> Promotable(Func<int, bool> isPaused)
    {
        for (var rung = rungs.Count - 1; rung >= 0; rung--)
        {
            foreach (var (_, trial) in rungs[rung].Take(rungs[rung].Count / options.Factor))
            {
                // One that is paused at a higher rung was promoted from this one already.
                if (rungOf[trial] == rung + 1 && isPaused(trial))
                    yield return trial;
            }
        }
    }

    /// <inheritdoc/>
    public void End(int trial, ObservationState state)
    {
    }
}
