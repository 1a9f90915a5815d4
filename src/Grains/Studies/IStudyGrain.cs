using Nola.Core.Experiments;
using Nola.Core.Trials;

namespace Nola.Grains.Studies;

/// <summary>One study; its key is <c>experiment/index</c>.</summary>
[Alias("nola.IStudyGrain")]
public interface IStudyGrain : IGrainWithStringKey
{
    /// <summary>Stores the study and lets it ask for permits; a second call changes nothing.</summary>
    [Alias("Open"), ResponseTimeout("00:00:20")]
    Task Open(StudySpec spec, bool needsGrants);

    /// <summary>Makes sure that it is at work.</summary>
    [Alias("Poke"), ResponseTimeout("00:00:20")]
    Task Poke();

    /// <summary>A trial has ended; stored before it returns. A record of a trial that is not in flight changes nothing.</summary>
    [Alias("Finish"), ResponseTimeout("00:00:20")]
    Task Finish(TrialRecord record);

    /// <summary>A running trial has measured; the answer tells whether it is to go on.</summary>
    [Alias("Measured"), ResponseTimeout("00:00:10")]
    Task<DirectiveAction> Measured(int number, Measurement measurement);

    /// <summary>The total budget has nothing left for a trial that was about to start: it is no trial after all, and no more will start.</summary>
    [Alias("NotStarted"), ResponseTimeout("00:00:20")]
    Task NotStarted(int number);

    /// <summary>Ends every trial in flight with the given outcome and starts no more.</summary>
    [Alias("EndAll"), ResponseTimeout("00:01:00")]
    Task<StudySummary> EndAll(Outcome outcome);

    /// <summary>Stops asking for leases (or goes on).</summary>
    [Alias("SetPaused"), ResponseTimeout("00:00:20")]
    Task SetPaused(bool isPaused);

    /// <summary>Finished trials in order of ending.</summary>
    [Alias("GetTrials"), ResponseTimeout("00:00:30")]
    Task<ImmutableArray<TrialRecord>> GetTrials(int skip, int take);

    /// <summary>Trials in flight, then paused ones, at most 256.</summary>
    [Alias("GetRunning"), ResponseTimeout("00:00:10")]
    Task<ImmutableArray<RunningTrial>> GetRunning();
}

/// <summary>A study's numbers as the experiment keeps them.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.StudySummary")]
public sealed record StudySummary
{
    public int Index { get; init; }
    public OutcomeCounts Counts { get; init; } = OutcomeCounts.None;
    public int InFlight { get; init; }

    /// <summary>Trials that the pruner has paused.</summary>
    public int Paused { get; init; }

    /// <summary>How many of these the pruner would have go on now.</summary>
    public int Promotable { get; init; }

    /// <summary>Whether it will start no more trials.</summary>
    public bool IsExhausted { get; init; }

    /// <summary>Whether the total budget stopped it.</summary>
    public bool IsOutOfBudget { get; init; }

    public double? Best { get; init; }
    public int? BestTrial { get; init; }

    /// <summary>Used by finished trials.</summary>
    public Usage Usage { get; init; } = Usage.None;

    public bool IsDone => IsExhausted && InFlight == 0 && Paused == 0;

    public long Started => Counts.Total + InFlight + Paused;
}
