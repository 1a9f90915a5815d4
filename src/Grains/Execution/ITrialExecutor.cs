using Nola.Core.Devices;
using Nola.Core.Trials;
using Nola.Grains.Scheduling;

namespace Nola.Grains.Execution;

/// <summary>The silo-local executor as the scheduler reaches it.</summary>
[Alias("nola.ITrialExecutor")]
public interface ITrialExecutor : IGrainObserver
{
    /// <summary>Starts an attempt in the background; false when the slot is busy, the epoch is stale or the silo is stopping.</summary>
    [Alias("Run"), ResponseTimeout("00:00:10")]
    Task<bool> Run(Lease lease, TrialWork work);

    /// <summary>Asks an attempt to save a checkpoint and give up its slot.</summary>
    [Alias("Stop"), ResponseTimeout("00:00:10")]
    Task Stop(TrialId trial, long epoch);

    /// <summary>Asks for a test of the silo's sandbox; what comes of it is in the silo's next report.</summary>
    [Alias("TestPrograms"), ResponseTimeout("00:00:10")]
    Task TestPrograms();
}
