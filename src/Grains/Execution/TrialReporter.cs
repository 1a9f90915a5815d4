using Nola.Core.Trials;
using Nola.Grains.Scheduling;
using Nola.Grains.Trials;

namespace Nola.Grains.Execution;

/// <summary>Carries what a running attempt says to its trial's grain.</summary>
internal sealed class TrialReporter(ITrialGrain grain, long epoch, TrialWork work, ControlPlane control, CancellationToken stop) : ITrialReporter
{
    // Progress is not worth waiting for: what the next one says is newer. Only an allowance is.
    public async ValueTask<Directive> Progress(TrialProgress progress)
    {
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
