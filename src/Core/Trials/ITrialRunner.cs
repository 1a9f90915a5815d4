using Nola.Core.Budgets;

namespace Nola.Core.Trials;

/// <summary>
/// Carries out attempts of one kind of trial: training in a worker, a function, a command, calls to an LLM.
/// This is the seam between the grains, which know neither TorchSharp nor HTTP, and the work.
/// </summary>
public interface ITrialRunner
{
    /// <summary>The kind of task it runs, one of <see cref="Experiments.RunnerKinds"/>.</summary>
    string Kind { get; }

    /// <summary>
    /// Runs one attempt to its end. A trial's own end (diverged, out of budget, failed) is a result.
    /// </summary>
    /// <remarks>
    /// Runs for as long as the work lasts, outside any grain. When <paramref name="stop"/> is cancelled the runner saves a checkpoint if it can
    /// within a few seconds, tells by a last progress what it has spent, and throws <see cref="OperationCanceledException"/>.
    /// Throws <see cref="AttemptLostException"/> when the machinery failed and not the trial: the worker died, the device vanished.
    /// </remarks>
    Task<RunResult> Run(TrialAttempt attempt, ITrialReporter reporter, CancellationToken stop);
}

/// <summary>One attempt at a trial as a runner gets it.</summary>
/// <param name="Trial">What to do.</param>
/// <param name="Lease">Where, and with which epoch.</param>
/// <param name="Device">The leased device.</param>
/// <param name="ArtifactFolder">
/// Folder of this trial, the same for all its attempts; the runner finds the checkpoints of earlier attempts there.
/// </param>
/// <param name="Allowance">How much may be used before <see cref="ITrialReporter"/> grants more.</param>
/// <param name="Pack">How many attempts may share the slot.</param>
public sealed record TrialAttempt(TrialSpec Trial, Devices.Lease Lease, Devices.Device Device, string ArtifactFolder, Allowance Allowance, int Pack = 1);

/// <summary>
/// Upper bounds, counted from the start of this attempt, on what it may use. Null means unbounded. A runner that reaches a bound must
/// stop there and end as <see cref="OutOfBudget"/> unless a directive has raised it.
/// </summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.Allowance")]
public sealed record Allowance
{
    /// <summary>Nothing is bounded.</summary>
    public static Allowance Unbounded { get; } = new();

    public TimeSpan? TrainingTime { get; init; }

    /// <summary>Money for calls, and for training and evaluation time by <see cref="Rates"/>.</summary>
    public decimal? Money { get; init; }

    /// <summary>What time costs; null when it costs nothing.</summary>
    public RateCard? Rates { get; init; }

    public long? Tokens { get; init; }
    public long? Requests { get; init; }

    /// <summary>The cap behind the bound, as in <c>total.deviceTime = 40h</c>, for the outcome.</summary>
    public string Cap { get; init; } = "";

    /// <summary>Whether no more will be granted after this.</summary>
    public bool IsFinal { get; init; }

    /// <summary>Whether an attempt may use this much.</summary>
    public bool Covers(Usage used) =>
        (TrainingTime is null || used.TrainingTime <= TrainingTime)
        && (Money is null || (Rates?.CostOf(used.TrainingTime, used.InferenceTime) ?? 0) + used.Money <= Money)
        && (Tokens is null || used.Tokens <= Tokens)
        && (Requests is null || used.Requests <= Requests);
}

/// <summary>Takes what a running attempt has to say. Calls return quickly; faults of the control plane are retried behind it.</summary>
public interface ITrialReporter
{
    /// <summary>Tells where the attempt is, about once a second; the answer may raise the allowance or ask it to stop.</summary>
    ValueTask<Directive> Progress(TrialProgress progress);

    /// <summary>
    /// Reports metrics at a step; stored before it returns, or, while the store is away and no pruner waits for them, before the attempt ends. The
    /// answer may ask the attempt to stop.
    /// </summary>
    ValueTask<Directive> Report(Measurement measurement);
}

/// <summary>What a running attempt is told in answer to a report.</summary>
/// <param name="Action">Go on or stop.</param>
/// <param name="Allowance">The new allowance; null leaves the old one.</param>
[GenerateSerializer]
[Alias("nola.Directive")]
public sealed record Directive([property: Id(0)] DirectiveAction Action, [property: Id(1)] Allowance? Allowance = null)
{
    /// <summary>Go on.</summary>
    public static Directive Continue { get; } = new(DirectiveAction.Continue);
}

/// <summary>What a running attempt is asked to do.</summary>
public enum DirectiveAction
{
    /// <summary>Go on.</summary>
    Continue,

    /// <summary>End as <see cref="Pruned"/>.</summary>
    Prune,

    /// <summary>End now without a result: a newer attempt holds the lease, or the trial is cancelled or paused.</summary>
    Abandon,

    /// <summary>The pruner pauses the trial. Runners do not see it: their attempt is stopped, as when its silo drains.</summary>
    Pause,
}

/// <summary>The machinery under an attempt failed; the trial is not to blame and may be tried again.</summary>
public sealed class AttemptLostException : Exception
{
    public AttemptLostException(string message)
        : base(message)
    {
    }

    public AttemptLostException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
