using System.Text;

namespace Nola.Search.Pruners;

/// <summary>
/// Hyperband (Li et al., JMLR 18, 2018): several successive halvings side by side that differ in when they begin to prune. A trial's bracket depends
/// on the study's name and the trial's number alone.
/// </summary>
public sealed class HyperbandPruner(HyperbandOptions options, string study) : IPruner
{
    private readonly Dictionary<int, long> lastSteps = [];
    private Brackets? brackets = options.MostSteps is { } most ? new(options, most) : null;

    /// <inheritdoc/>
    public PruneDecision Report(int trial, long step, double value)
    {
        if (brackets is not null)
            return brackets.Of(study, trial).Report(trial, step, value);
        lastSteps[trial] = Math.Max(step, lastSteps.GetValueOrDefault(trial, -1));
        return PruneDecision.Continue;
    }

    /// <inheritdoc/>
    public void End(int trial, ObservationState state)
    {
        if (brackets is not null)
        {
            brackets.Of(study, trial).End(trial, state);
        }
        else if (lastSteps.Remove(trial, out var last) && state == ObservationState.Completed)
        {
            brackets = new(options, last + 1);
            lastSteps.Clear();
        }
    }

    /// <summary>Trials per bracket in a round, the bracket that prunes first coming first.</summary>
    internal static ImmutableArray<int> Budgets(HyperbandOptions options, long mostSteps)
    {
        var count = (int)Math.Floor(Math.Log((double)mostSteps / options.LeastSteps) / Math.Log(options.Factor)) + 1;
        return [.. Enumerable.Range(0, count).Select(bracket => count - 1 - bracket).Select(rest => (int)Math.Ceiling(count * Math.Pow(options.Factor, rest) / (rest + 1)))];
    }

    /// <summary>Bracket of a trial.</summary>
    internal static int BracketOf(string study, int trial, ImmutableArray<int> budgets)
    {
        var place = Crc32(Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{study}_{trial}"))) % (uint)budgets.Sum();
        var bracket = 0;
        for (long rest = place; (rest -= budgets[bracket]) >= 0;)
            bracket++;
        return bracket;
    }

    // ISO 3309, reflected, as zip files have it.
    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes)
        {
            sum ^= value;
            for (var bit = 0; bit < 8; bit++)
                sum = (sum >> 1) ^ ((sum & 1) == 0 ? 0 : 0xEDB88320u);
        }

        return ~sum;
    }

    private sealed class Brackets(HyperbandOptions options, long mostSteps)
    {
        private readonly ImmutableArray<int> budgets = Budgets(options, mostSteps);
        private readonly ImmutableArray<HalvingPruner> pruners =
            [.. Budgets(options, mostSteps).Select((_, bracket) => new HalvingPruner(new() { LeastSteps = options.LeastSteps, Factor = options.Factor, Delay = bracket }))];

        public HalvingPruner Of(string study, int trial) => pruners[BracketOf(study, trial, budgets)];
    }
}

/// <summary>Settings of <see cref="HyperbandPruner"/>.</summary>
public sealed record HyperbandOptions
{
    /// <summary>Steps before the first rung. Default: 1.</summary>
    public long LeastSteps { get; init; } = 1;

    /// <summary>Steps of a whole trial; null for those of the first completed one, before which nothing is pruned. Default: null.</summary>
    public long? MostSteps { get; init; }

    /// <summary>One of so many trials goes on at each rung, for so many times the steps. At least 2. Default: 3.</summary>
    public int Factor { get; init; } = 3;
}
