namespace Nola.Search.Pruners;

/// <summary>Prunes a trial that has not become better for a number of reports; with another pruner beside it, only when that one would prune as well.</summary>
public sealed class PatiencePruner(PatienceOptions options, IPruner? also = null) : IPruner
{
    private readonly Dictionary<int, List<double>> running = [];

    /// <inheritdoc/>
    public PruneDecision Report(int trial, long step, double value)
    {
        var other = also?.Report(trial, step, value) ?? PruneDecision.Prune;
        if (!running.TryGetValue(trial, out var values))
            running[trial] = values = [];
        values.Add(value);
        var recent = options.Reports + 1;
        if (values.Count <= recent)
            return PruneDecision.Continue;
        // NaN compares as false: without a number on either side nothing is known.
        return Least(values.Take(values.Count - recent)) + options.LeastGain < Least(values.TakeLast(recent)) ? other : PruneDecision.Continue;
    }

    /// <inheritdoc/>
    public void End(int trial, ObservationState state)
    {
        running.Remove(trial);
        also?.End(trial, state);
    }

    private static double Least(IEnumerable<double> values) => values.Where(value => !double.IsNaN(value)).DefaultIfEmpty(double.NaN).Min();
}

/// <summary>Settings of <see cref="PatiencePruner"/>.</summary>
public sealed record PatienceOptions
{
    /// <summary>Reports that a trial may go without becoming better. Default: 10.</summary>
    public int Reports { get; init; } = 10;

    /// <summary>How much better counts; a trial that is worse by no more than this goes on, too. Default: 0.</summary>
    public double LeastGain { get; init; }
}
