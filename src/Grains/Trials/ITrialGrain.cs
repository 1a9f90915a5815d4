using Nola.Core.Devices;
using Nola.Core.Trials;
using Nola.Grains.Scheduling;
using Orleans.Concurrency;

namespace Nola.Grains.Trials;

/// <summary>One trial while it is in flight; its key is the trial's id. Only the newest epoch is heard.</summary>
[Alias("nola.ITrialGrain")]
public interface ITrialGrain : IGrainWithStringKey
{
    /// <summary>An attempt begins; stored before it is answered.</summary>
    [Alias("Start"), ResponseTimeout("00:00:20")]
    Task<StartAnswer> Start(Lease lease, TrialWork work);

    /// <summary>Metrics at a step; stored before it is answered.</summary>
    [Alias("Report"), ResponseTimeout("00:00:20")]
    Task<Directive> Report(long epoch, TrialWork work, Measurement measurement);

    /// <summary>Where the attempt is; kept until the next one.</summary>
    [Alias("Progress"), ResponseTimeout("00:00:20")]
    Task<Directive> Progress(long epoch, TrialWork work, TrialProgress progress);

    /// <summary>
    /// The attempt ended by itself. When it returns, the study has the result, or a newer attempt has the trial; false when the trial failed and
    /// is to be tried again.
    /// </summary>
    [Alias("Finish"), ResponseTimeout("00:00:30")]
    Task<bool> Finish(Lease lease, TrialWork work, RunResult result);

    /// <summary>The attempt ended without a result: it was told to stop, by a pause or the drain of its silo.</summary>
    [Alias("GiveUp"), ResponseTimeout("00:00:20")]
    Task GiveUp(long epoch, TrialWork work, Usage used);

    /// <summary>The attempt was lost to a fault of the machinery.</summary>
    /// <param name="epoch">Epoch of the attempt.</param>
    /// <param name="work">The trial.</param>
    /// <param name="why">What happened, one clause.</param>
    /// <param name="told">What it had told that it used.</param>
    /// <param name="atMost">What it may have used: all the time since it told counts.</param>
    [Alias("Lose"), ResponseTimeout("00:00:20")]
    Task Lose(long epoch, TrialWork work, string why, Usage told, Usage atMost);

    /// <summary>Where the trial stands. Interleaves: its study may ask while the trial waits for its study.</summary>
    [Alias("Describe"), AlwaysInterleave, ResponseTimeout("00:00:10")]
    Task<TrialGlimpse> Describe();

    /// <summary>The study has ended the trial: its grant is settled, and whatever is stored here goes.</summary>
    [Alias("Forget"), ResponseTimeout("00:00:20")]
    Task Forget(bool hasGrant);
}

/// <summary>Whether an attempt may run, and within which bounds.</summary>
[GenerateSerializer]
[Alias("nola.StartAnswer")]
public sealed record StartAnswer([property: Id(0)] bool MayRun, [property: Id(1)] Allowance Allowance);

/// <summary>A trial in flight at a glance.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.TrialGlimpse")]
public sealed record TrialGlimpse
{
    public int Attempts { get; init; }
    public string Place { get; init; } = "";
    public TrialProgress? Progress { get; init; }
    public Measurement? Best { get; init; }
    public ImmutableArray<Measurement> Measurements { get; init; } = [];
    public Usage Usage { get; init; } = Usage.None;
}
