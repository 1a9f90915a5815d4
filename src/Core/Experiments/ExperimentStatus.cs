using Nola.Core.Budgets;
using Nola.Core.Searching;
using Nola.Core.Trials;

namespace Nola.Core.Experiments;

/// <summary>An experiment at a glance, for live views and listings.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.ExperimentStatus")]
public sealed record ExperimentStatus
{
    public required string Id { get; init; }
    public required ExperimentState State { get; init; }
    public DateTimeOffset SubmittedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Running time so far, pauses not counted.</summary>
    public TimeSpan Elapsed { get; init; }

    public required Objective Objective { get; init; }
    public ImmutableArray<StudyStatus> Studies { get; init; } = [];
    public ImmutableArray<RunningTrial> Running { get; init; } = [];
    public BudgetStatus Budget { get; init; } = new();

    /// <summary>Versions of Nola and .NET on the silo that accepted it.</summary>
    public string Software { get; init; } = "";

    /// <summary>Why the experiment is not running though it should be, one sentence; null when all is well.</summary>
    public string? Notice { get; init; }

    /// <summary>Trials by how they ended, summed over the studies.</summary>
    public OutcomeCounts Counts => Studies.Aggregate(OutcomeCounts.None, (sum, study) => sum + study.Counts);

    /// <summary>Trials planned in all; null when a study's number is open.</summary>
    public long? Planned => Studies.Any(study => study.Planned is null) ? null : Studies.Sum(study => study.Planned!.Value);
}

/// <summary>Where an experiment stands.</summary>
public enum ExperimentState
{
    /// <summary>Stored, waiting for a silo.</summary>
    Queued,
    Running,

    /// <summary>Paused by a user or by an interrupted <c>nola run</c>; <c>nola resume</c> goes on.</summary>
    Paused,

    /// <summary>All trials have ended.</summary>
    Finished,
    Cancelled,
}

/// <summary>A study at a glance.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.StudyStatus")]
public sealed record StudyStatus
{
    public required int Index { get; init; }
    public required string Name { get; init; }

    /// <summary>Trials planned; null when the search has no end of its own.</summary>
    public long? Planned { get; init; }

    public OutcomeCounts Counts { get; init; } = OutcomeCounts.None;
    public int Running { get; init; }

    /// <summary>Trials that the pruner has paused; they hold no slot.</summary>
    public int Paused { get; init; }

    /// <summary>Best value of the objective so far; null before the first.</summary>
    public double? Best { get; init; }

    /// <summary>Trial that has it.</summary>
    public int? BestTrial { get; init; }

    public bool IsDone { get; init; }
}

/// <summary>Numbers of finished trials by outcome.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.OutcomeCounts")]
public sealed record OutcomeCounts
{
    /// <summary>No trial has ended.</summary>
    public static OutcomeCounts None { get; } = new();

    public long Completed { get; init; }
    public long Pruned { get; init; }
    public long OutOfBudget { get; init; }
    public long Diverged { get; init; }
    public long Failed { get; init; }
    public long Cancelled { get; init; }

    /// <summary>All trials that have ended.</summary>
    public long Total => Completed + Pruned + OutOfBudget + Diverged + Failed + Cancelled;

    /// <summary>These counts and one more trial with the given outcome.</summary>
    public OutcomeCounts Add(Outcome outcome) => outcome switch
    {
        Trials.Completed => this with { Completed = Completed + 1 },
        Trials.Pruned => this with { Pruned = Pruned + 1 },
        Trials.OutOfBudget => this with { OutOfBudget = OutOfBudget + 1 },
        Trials.Diverged => this with { Diverged = Diverged + 1 },
        Trials.Failed => this with { Failed = Failed + 1 },
        Trials.Cancelled => this with { Cancelled = Cancelled + 1 },
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "No count for this outcome."),
    };

    public static OutcomeCounts operator +(OutcomeCounts a, OutcomeCounts b) => new()
    {
        Completed = a.Completed + b.Completed,
        Pruned = a.Pruned + b.Pruned,
        OutOfBudget = a.OutOfBudget + b.OutOfBudget,
        Diverged = a.Diverged + b.Diverged,
        Failed = a.Failed + b.Failed,
        Cancelled = a.Cancelled + b.Cancelled,
    };
}

/// <summary>A trial that has not ended, for live views: it runs, it waits for a device, or its pruner has paused it.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.RunningTrial")]
public sealed record RunningTrial
{
    public required TrialId Id { get; init; }
    public required string Study { get; init; }

    /// <summary>What the sampler chose.</summary>
    public ImmutableSortedDictionary<string, ParameterValue> Parameters { get; init; } = ImmutableSortedDictionary<string, ParameterValue>.Empty;

    public int Seed { get; init; }

    /// <summary>When its study planned it; it starts when it gets a device.</summary>
    public DateTimeOffset PlannedAt { get; init; }

    /// <summary>Silo and device; empty while it waits for a lease, and while it is paused.</summary>
    public string Place { get; init; } = "";

    /// <summary>Whether its pruner has paused it.</summary>
    public bool IsPaused { get; init; }

    public int Attempt { get; init; } = 1;
    public TrialProgress? Progress { get; init; }

    /// <summary>Used by its attempts so far, as far as they told.</summary>
    public Usage Spent { get; init; } = Usage.None;

    /// <summary>Best objective measured so far in this trial.</summary>
    public double? Best { get; init; }
}

/// <summary>Caps of an experiment and how much of them is spent.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.BudgetStatus")]
public sealed record BudgetStatus
{
    public TotalBudget Caps { get; init; } = TotalBudget.None;

    /// <summary>Spent by all attempts so far.</summary>
    public Usage Spent { get; init; } = Usage.None;

    /// <summary>Granted to running attempts and not yet spent.</summary>
    public TimeSpan GrantedTrainingTime { get; init; }

    /// <summary>Trials started.</summary>
    public long TrialsStarted { get; init; }

    /// <summary>Cost so far by the rate card, plus money spent on calls; null without a rate card.</summary>
    public decimal? Cost { get; init; }

    public string? Currency { get; init; }
}
