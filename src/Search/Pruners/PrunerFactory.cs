using Nola.Core.Experiments;
using Nola.Core.Searching;

namespace Nola.Search.Pruners;

/// <summary>Makes pruners by the names that specs use.</summary>
public static class PrunerFactory
{
    private static readonly ImmutableArray<SearchSetting> Checks =
    [
        new("startupTrials", "Completed trials before any is pruned.", "5"),
        new("warmupSteps", "Steps of each trial in which it is not pruned.", "0"),
        new("interval", "Steps between two looks at a trial.", "1") { Low = 1 },
        new("leastTrials", "Completed trials with a value at the same step that a comparison needs.", "1") { Low = 1 },
    ];

    private static readonly SearchSetting Factor = new("factor", "One of so many trials goes on at each rung, for so many times the steps.", "4") { Low = 2, High = 1000 };

    private static readonly ImmutableArray<SearchKind> Plain =
    [
        new("halving", "Asynchronous successive halving: at each rung the best share of trials goes on.",
            [
                new("leastSteps", "Steps before the first rung.", "a hundredth of the first completed trial's") { Low = 1 },
                Factor,
                new("delay", "Rungs left out at the beginning.", "0") { High = 30 },
                new("startupTrials", "Trials that must have reached a rung before any passes it.", "0"),
            ]),
        new("hyperband", "Several successive halvings side by side that differ in when they begin to prune.",
            [
                new("leastSteps", "Steps before the first rung.", "1") { Low = 1 },
                new("mostSteps", "Steps of a whole trial.", "those of the first completed trial") { Low = 1 },
                Factor with { Default = "3" },
            ]),
        new("median", "Prunes trials whose best value is worse than the median at the same step.", Checks),
        new("pausing-halving", "Asynchronous successive halving that ends nothing: at each rung a trial pauses, and the best share goes on from its checkpoint when there is room. What is paused in the end is pruned.",
            [new("leastSteps", "Steps before the first rung.", "1") { Low = 1 }, Factor, new("delay", "Rungs left out at the beginning.", "0") { High = 30 }]),
        new("percentile", "Prunes trials whose best value is worse than a percentile at the same step.",
            [new("percentile", "Share of trials to keep up with, in percent: 25 keeps the best quarter.", "50") { High = 100, IsInteger = false }, .. Checks]),
        new("threshold", "Prunes trials whose objective leaves a range.",
            [
                new("low", "Smallest value that goes on.", "none") { Low = -1e12, High = 1e12, IsInteger = false },
                new("high", "Largest value that goes on.", "none") { Low = -1e12, High = 1e12, IsInteger = false },
                Checks[1],
                Checks[2],
            ]),
    ];

    /// <summary>The pruners that <see cref="Create"/> knows, by name.</summary>
    public static ImmutableArray<SearchKind> Kinds { get; } =
    [
        .. Plain.Append(new("patience", "Prunes trials that have not become better for a number of reports.",
            [
                new("reports", "Reports that a trial may go without becoming better.", "10") { Low = 1 },
                new("leastGain", "How much better counts, in units of the objective.", "0") { IsInteger = false },
                new("pruner", "Another pruner, with its defaults, that must agree.", "none") { Choices = [.. Plain.Select(kind => kind.Name).Where(name => name is not ("threshold" or "pausing-halving"))] },
            ])).OrderBy(kind => kind.Name, StringComparer.Ordinal),
    ];

    /// <summary>Names that <see cref="Create"/> knows.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Kinds.Select(kind => kind.Name)];

    /// <summary>The pruner of a study that has heard nothing yet; null when its search names none. Throws <see cref="ArgumentException"/> for an unknown name or option.</summary>
    public static IPruner? Create(StudySpec study)
    {
        if (study.Search?.Pruner is not { } name)
            return null;
        var kind = Kinds.FirstOrDefault(kind => kind.Name == name)
            ?? throw new ArgumentException($"There is no pruner '{name}'; known are {string.Join(", ", Names)}.", nameof(study));
        kind.Check(study.Search.PrunerOptions);
        return Make(name, study.Search.PrunerOptions, study);
    }

    private static IPruner Make(string name, ImmutableSortedDictionary<string, ParameterValue> options, StudySpec study) => name switch
    {
        "halving" => new HalvingPruner(new()
        {
            LeastSteps = options.TryGetValue("leastSteps", out var least) ? least.AsInteger() : null,
            Factor = options.Integer("factor", 4),
            Delay = options.Integer("delay", 0),
            StartupTrials = options.Integer("startupTrials", 0),
        }),
        "pausing-halving" => new PausingHalving(new()
        {
            LeastSteps = options.Integer("leastSteps", 1),
            Factor = options.Integer("factor", 4),
            Delay = options.Integer("delay", 0),
        }),
        "hyperband" => new HyperbandPruner(
            new()
            {
                LeastSteps = options.Integer("leastSteps", 1),
                MostSteps = options.TryGetValue("mostSteps", out var most) ? most.AsInteger() : null,
                Factor = options.Integer("factor", 3),
            },
            FormattableString.Invariant($"{study.Experiment}/{study.Index}")),
        "patience" => new PatiencePruner(
            new() { Reports = options.Integer("reports", 10), LeastGain = options.Number("leastGain", 0) },
            options.TryGetValue("pruner", out var also) ? Make(also.AsText(), ImmutableSortedDictionary<string, ParameterValue>.Empty, study) : null),
        "threshold" => Threshold(options, study.Objective.Direction),
        _ => new PercentilePruner(new()
        {
            Percentile = options.Number("percentile", 50),
            StartupTrials = options.Integer("startupTrials", 5),
            WarmupSteps = options.Integer("warmupSteps", 0),
            Interval = options.Integer("interval", 1),
            LeastTrials = options.Integer("leastTrials", 1),
        }),
    };

    // A pruner hears values such that smaller is better; a spec has them as they are.
    private static ThresholdPruner Threshold(ImmutableSortedDictionary<string, ParameterValue> options, Direction direction)
    {
        var (low, high) = (options.Number("low", double.NegativeInfinity), options.Number("high", double.PositiveInfinity));
        return new(new()
        {
            Low = direction == Direction.Maximize ? -high : low,
            High = direction == Direction.Maximize ? -low : high,
            WarmupSteps = options.Integer("warmupSteps", 0),
            Interval = options.Integer("interval", 1),
        });
    }
}
