using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Core.Trials;

namespace Nola.Grains.Studies;

/// <summary>What a study stores besides its pages of finished trials. Its size depends on the trials in flight, not on the finished ones.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.StudyState")]
public sealed class StudyState
{
    public int Schema { get; set; } = 1;
    public StudySpec? Spec { get; set; }
    public bool NeedsGrants { get; set; }

    /// <summary>Number of the next trial.</summary>
    public int Next { get; set; }

    public bool IsExhausted { get; set; }
    public bool IsOutOfBudget { get; set; }
    public List<InFlightTrial> InFlight { get; set; } = [];

    /// <summary>Trials that the pruner has paused: they hold no slot, and go on when it promotes them.</summary>
    public List<InFlightTrial> Paused { get; set; } = [];

    /// <summary>Parameters of suggestions some of whose seeds are still to start or end.</summary>
    public List<OpenSuggestion> Suggestions { get; set; } = [];

    /// <summary>Finished trials counted here. The pages may hold more after a crash between the two writes; they are counted on activation.</summary>
    public long Finished { get; set; }

    /// <summary>When the first trial was planned.</summary>
    public DateTimeOffset? FirstPlannedAt { get; set; }

    /// <summary>Best mean over the seeds of a suggestion, smaller is better; what a plateau and a target are compared with.</summary>
    public double? BestMean { get; set; }

    /// <summary>Suggestions finished since <see cref="BestMean"/> became better by the least gain.</summary>
    public int SinceBest { get; set; }

    public OutcomeCounts Counts { get; set; } = OutcomeCounts.None;
    public double? Best { get; set; }
    public int? BestTrial { get; set; }
    public Usage Usage { get; set; } = Usage.None;

    /// <summary>Counts a trial that was in flight as finished.</summary>
    public void Count(TrialRecord record)
    {
        InFlight.RemoveAll(trial => trial.Number == record.Id.Number);
        Paused.RemoveAll(trial => trial.Number == record.Id.Number);
        Finished++;
        Counts = Counts.Add(record.Result.Outcome);
        Usage += record.TotalUsage;
        if (record.Result is { Objective: { } value, Outcome: Completed or OutOfBudget } && Constraint.AreKept(record, Spec!.Constraints) && (Best is not { } best || Spec.Objective.IsBetter(value, best)))
            (Best, BestTrial) = (value, record.Id.Number);

        // A trial that the total budget stopped is the last of its study.
        if (record.Result.Outcome is OutOfBudget { Cap: var cap } && cap.StartsWith("total", StringComparison.Ordinal))
            IsExhausted = IsOutOfBudget = true;
    }
}

/// <summary>A trial that was planned and has not ended; see <see cref="StudyState.InFlight"/> and <see cref="StudyState.Paused"/>.</summary>
[GenerateSerializer]
[Alias("nola.InFlightTrial")]
public sealed record InFlightTrial([property: Id(0)] int Number, [property: Id(1)] DateTimeOffset PlannedAt);

/// <summary>A suggestion and what its seeds have told so far: the sums of the objective and of those beside it, so that smaller is better, and of what they broke constraints by.</summary>
[GenerateSerializer]
[Alias("nola.OpenSuggestion")]
public sealed record OpenSuggestion(
    [property: Id(0)] int Number,
    [property: Id(1)] ImmutableSortedDictionary<string, ParameterValue> Parameters,
    [property: Id(2)] int Ended = 0,
    [property: Id(3)] int Succeeded = 0,
    [property: Id(4)] double Sum = 0,
    [property: Id(5)] ImmutableArray<double>? Besides = null,
    [property: Id(6)] double Violation = 0);

/// <summary>A page of finished trials; only the last page of a study is ever written again.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.StudyPage")]
public sealed class StudyPage
{
    /// <summary>Trials on a full page.</summary>
    public const int Size = 64;

    public int Schema { get; set; } = 1;
    public List<TrialRecord> Trials { get; set; } = [];
}
