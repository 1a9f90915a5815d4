using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Core.Workers;

namespace Nola.Silo.Workers;

/// <summary>Runs training trials in the worker of the leased slot.</summary>
internal sealed class TrainingRunner(WorkerPool pool, WorkerSettings settings) : ITrialRunner
{
    public string Kind => RunnerKinds.Training;

    public async Task<RunResult> Run(TrialAttempt attempt, ITrialReporter reporter, CancellationToken stop)
    {
        try
        {
            await reporter.Progress(new TrialProgress { Phase = "loading" });
            var worker = await pool.Take(attempt.Device, attempt.Lease.Slot, stop);
            var result = await worker.Run(new WorkerJob(attempt.Trial, attempt.ArtifactFolder, attempt.Allowance, attempt.Pack > 1), reporter, settings, stop);
            return result with { Environment = worker.Environment with { Device = $"{attempt.Device.Id} {attempt.Device.Description}".TrimEnd() } };
        }
        catch (WorkerException fault)
        {
            throw new AttemptLostException(fault.Message, fault);
        }
    }
}
