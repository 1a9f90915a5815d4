using Nola.Core.Trials;
using Nola.Grains.Scheduling;
using Nola.Grains.Trials;

namespace Nola.Grains.Execution;

/// <summary>Carries what a running attempt says to its trial's grain, and remembers what it has spent.</summary>
/// <remarks>
/// While the store is away the attempt goes on: measurements wait here and are delivered in order. It waits only for what it cannot do without, a
/// pruner's decision and an allowance that covers its next step.
/// </remarks>
/// <param name="grain">The trial.</param>
/// <param name="epoch">Epoch of the attempt.</param>
/// <param name="work">The trial's work.</param>
/// <param name="allowance">What the attempt may use to begin with.</param>
/// <param name="control">Repeats calls.</param>
/// <param name="time">Measures.</param>
/// <param name="leasedAt">Timestamp of the lease's arrival.</param>
/// <param name="stop">The attempt is to stop; what it has measured is delivered all the same.</param>
/// <param name="giveUp">Nothing more can be delivered.</param>
/// <param name="pause">The pruner pauses the trial.</param>
internal sealed class TrialReporter(
    ITrialGrain grain, long epoch, TrialWork work, Allowance allowance, ControlPlane control, TimeProvider time, long leasedAt, CancellationToken stop, CancellationToken giveUp, Action pause)
    : ITrialReporter
{
    // A store that is there answers within this.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private Usage told = Usage.None;
    private long? planned;
    private long toldAt = time.GetTimestamp();
    private Allowance allowed = allowance;
    private Task<Directive> telling = Task.FromResult(Directive.Continue);
    private Task<Directive> delivery = Task.FromResult(Directive.Continue);

    /// <summary>What the attempt has told that it spent.</summary>
    public Usage Told => told;

    /// <summary>What it may have spent if all the time since it told went into training.</summary>
    public Usage AtMost => told + new Usage { TrainingTime = time.GetElapsedTime(toldAt) };

    /// <summary>Ends when every measurement is stored; the attempt's end must not overtake them.</summary>
    public Task Delivered => delivery;

    public async ValueTask<Directive> Progress(TrialProgress progress)
    {
        if (told.Steps == 0 && progress.Spent.Steps > 0)
            ExecutionInstruments.FirstStep(work.Spec, time.GetElapsedTime(leasedAt));
        (told, toldAt, planned) = (progress.Spent, time.GetTimestamp(), progress.PlannedSteps);
        if (work.NeedsGrants && !allowed.Covers(progress.Spent + progress.Ahead))
            return Take(await control.Insist(work.Spec.Id.ToString(), () => grain.Progress(epoch, work, progress), stop));
        // Not worth waiting for: what the next one says is newer.
        if (telling.IsCompleted)
        {
            telling = Tell(progress);
            await WithPatience(telling, Patience);
        }

        return telling.IsCompleted ? await telling : Unchanged;
    }

    public async ValueTask<Directive> Report(Measurement measurement)
    {
        var patience = work.HasPruner ? Timeout.InfiniteTimeSpan : delivery.IsCompleted ? Patience : TimeSpan.Zero;
        var answer = delivery = Deliver(measurement, delivery);
        await WithPatience(answer, patience);
        if (!answer.IsCompletedSuccessfully)
            return Directive.Continue;
        if (await answer is not { Action: DirectiveAction.Pause })
            return await answer;
        // One that has done its last step is about to end, which is better than a pause.
        if (planned is null || measurement.Step < planned)
            pause();
        return Directive.Continue;
    }

    private async Task WithPatience(Task answer, TimeSpan patience) =>
        await answer.WaitAsync(patience, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private Directive Unchanged => work.NeedsGrants ? new(DirectiveAction.Continue, allowed) : Directive.Continue;

    private Directive Take(Directive answer)
    {
        allowed = answer.Allowance ?? allowed;
        return answer;
    }

    private async Task<Directive> Tell(TrialProgress progress)
    {
        try
        {
            return Take(await grain.Progress(epoch, work, progress));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return Unchanged;
        }
    }

    private async Task<Directive> Deliver(Measurement measurement, Task<Directive> before)
    {
        if (await before is { Action: DirectiveAction.Abandon } end)
            return end;
        return await control.Insist(work.Spec.Id.ToString(), () => grain.Report(epoch, work, measurement), giveUp);
    }
}
