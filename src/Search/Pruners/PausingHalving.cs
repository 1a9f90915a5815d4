namespace Nola.Search.Pruners;

/// <summary>
/// Asynchronous successive halving as its paper has it (Li et al., MLSys 2020, algorithm 2): a trial pauses at every rung, and whenever there is room
/// the best paused trial that is among the best 1/factor of its rung goes on; only when there is none a new one starts.
/// </summary>
/// <remarks>A pure decision; whoever asks keeps the paused trials' checkpoints. Needs <see cref="HalvingOptions.LeastSteps"/>. Smaller is better.</remarks>
public sealed class PausingHalving
{
    private readonly HalvingOptions options;
    private readonly List<List<(double Value, int Trial)>> rungs = [];
    private readonly Dictionary<int, int> rungOf = [];
    private readonly HashSet<int> paused = [];

    /// <summary>Throws <see cref="ArgumentException"/> without a number of steps before the first rung.</summary>
    public PausingHalving(HalvingOptions options)
    {
        if (options.LeastSteps is null)
            throw new ArgumentException("Pausing needs the steps before the first rung.", nameof(options));
        this.options = options;
    }

    /// <summary>Takes a report of a running trial; whether it is to pause now.</summary>
    public bool Report(int trial, long step, double value)
    {
        var rung = rungOf.GetValueOrDefault(trial);
        if (step < options.LeastSteps!.Value * Math.Pow(options.Factor, options.Delay + rung))
            return false;
        while (rungs.Count <= rung)
            rungs.Add([]);
        var entry = (double.IsNaN(value) ? double.PositiveInfinity : value, trial);
        var at = rungs[rung].BinarySearch(entry);
        rungs[rung].Insert(at < 0 ? ~at : at, entry);
        rungOf[trial] = rung + 1;
        paused.Add(trial);
        return true;
    }

    /// <summary>The paused trial to go on with, which runs again from now on; null when a new one is the better use of the room.</summary>
    public int? Promote()
    {
        for (var rung = rungs.Count - 1; rung >= 0; rung--)
        {
            foreach (var (_, trial) in rungs[rung].Take(rungs[rung].Count / options.Factor))
            {
                // One that is paused at a higher rung was promoted from this one already.
                if (rungOf[trial] == rung + 1 && paused.Remove(trial))
                    return trial;
            }
        }

        return null;
    }

    /// <summary>Tells that a trial has ended and cannot go on; its values still count.</summary>
    public void End(int trial) => paused.Remove(trial);
}
