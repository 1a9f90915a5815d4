using Nola.Core.Trials;
using Nola.Grains.Scheduling;
using Nola.Grains.Trials;

namespace Nola.Grains.Execution;

/// <summary>Carries what a running attempt says to its trial's grain, and remembers what it has spent.</summary>
internal sealed class TrialReporter(ITrialGrain grain, long epoch, TrialWork work, ControlPlane control, TimeProvider time, CancellationToken stop) : ITrialReporter
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
