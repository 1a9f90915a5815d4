using Nola.Core.Trials;
using Nola.Grains.Scheduling;
using Nola.Grains.Trials;

namespace Nola.Grains.Execution;

/// <summary>Carries what a running attempt says to its trial's grain, and remembers what it has spent.</summary>
/// <remarks>
/// Measurements are delivered in order. While the store is away they wait here and the attempt goes on, unless a pruner has to hear them first.
/// </remarks>
/// <param name="grain">The trial.</param>
/// <param name="epoch">Epoch of the attempt.</param>
/// <param name="work">The trial's work.</param>
/// <param name="control">Repeats calls.</param>
/// <param name="time">Measures.</param>
/// <param name="leasedAt">Timestamp of the lease's arrival.</param>
/// <param name="stop">The attempt is to stop; what it has measured is delivered all the same.</param>
/// <param name="giveUp">Nothing more can be delivered.</param>
internal sealed class TrialReporter(
    ITrialGrain grain, long epoch, TrialWork work, ControlPlane control, TimeProvider time, long leasedAt, CancellationToken stop, CancellationToken giveUp) : ITrialReporter
{
    // A store that is there answers within this.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private Usage told = Usage.None;
    private long toldAt = time.GetTimestamp();
    private Task<Directive> delivery = Task.FromResult(Directive.Continue);

    /// <summary>What the attempt has told that it spent.</summary>
    public Usage Told => told;

    /// <summary>What it may have spent if all the time since it told went into training.</summary>
    public Usage AtMost => told + new Usage { TrainingTime = time.GetElapsedTime(toldAt) };

    /// <summary>Ends when every measurement is stored; the attempt's end must not overtake them.</summary>
    public Task Delivered => delivery;

    // Progress is not worth waiting for: what the next one says is newer. Only an allowance is.
    public async ValueTask<Directive> Progress(TrialProgress progress)
    {
        if (told.Steps == 0 && progress.Spent.Steps > 0)
            ExecutionInstruments.FirstStep(work.Spec, time.GetElapsedTime(leasedAt));
        (told, toldAt) = (progress.Spent, time.GetTimestamp());
        if (work.NeedsGrants)
            return await control.Insist(work.Spec.Id.ToString(), () => grain.Progress(epoch, work, progress), stop);
        try
        {
            return await grain.Progress(epoch, work, progress);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return Directive.Continue;
        }
    }

    public async ValueTask<Directive> Report(Measurement measurement)
    {
        var patience = work.HasPruner ? Timeout.InfiniteTimeSpan : delivery.IsCompleted ? Patience : TimeSpan.Zero;
        var answer = delivery = Deliver(measurement, delivery);
        await Task.WhenAny(answer, Task.Delay(patience, time, stop));
        return answer.IsCompletedSuccessfully ? await answer : Directive.Continue;
    }

    private async Task<Directive> Deliver(Measurement measurement, Task<Directive> before)
    {
        if (await before is { Action: DirectiveAction.Abandon } end)
            return end;
        return await control.Insist(work.Spec.Id.ToString(), () => grain.Report(epoch, work, measurement), giveUp);
    }
}
