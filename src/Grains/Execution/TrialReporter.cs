using Nola.Core.Trials;
using Nola.Grains.Scheduling;
using Nola.Grains.Trials;

namespace Nola.Grains.Execution;

/// <summary>Carries what a running attempt says to its trial's grain, and remembers what it has spent.</summary>
/// <param name="grain">The trial's grain.</param>
/// <param name="epoch">Epoch of the attempt's lease.</param>
/// <param name="work">The trial.</param>
/// <param name="leasedAt">Timestamp of the lease's arrival.</param>
/// <param name="control">Insists on what must arrive.</param>
/// <param name="time">The clock of <paramref name="leasedAt"/>.</param>
/// <param name="stop">Stops the attempt.</param>
internal sealed class TrialReporter(ITrialGrain grain, long epoch, TrialWork work, long leasedAt, ControlPlane control, TimeProvider time, CancellationToken stop) : ITrialReporter
{
    private Usage told = Usage.None;
    private long toldAt = time.GetTimestamp();

    /// <summary>What the attempt has told that it spent.</summary>
    public Usage Told => told;

    /// <summary>What it may have spent if all the time since it told went into training.</summary>
    public Usage AtMost => told + new Usage { TrainingTime = time.GetElapsedTime(toldAt) };

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

    public async ValueTask<Directive> Report(Measurement measurement) =>
        await control.Insist(work.Spec.Id.ToString(), () => grain.Report(epoch, work, measurement), stop);
}
