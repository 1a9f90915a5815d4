using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Silo.Workers;

namespace Nola.Silo.Commands;

/// <summary>Runs trials that are programs of the user's own.</summary>
internal sealed class CommandRunner(WorkerPool workers, WorkerSettings settings, ProgramGuard guard, TimeProvider time) : ITrialRunner
{
    public string Kind => RunnerKinds.Command;

    public async Task<RunResult> Run(TrialAttempt attempt, ITrialReporter reporter, CancellationToken stop)
    {
        if (attempt.Trial.Method is not CommandMethod method)
            return new() { Outcome = new Failed($"The method '{attempt.Trial.Method.Id}' is no command.") };
        // A worker that waits for the next training keeps its model in the GPU's memory.
        if (attempt.Device.Kind == DeviceKind.Cuda)
            await workers.Dismiss(attempt.Device, attempt.Lease.Slot);
        try
        {
            using var folder = new AttemptFolder(attempt.ArtifactFolder, method.Limits.Output);
            var invocation = CommandInvocation.Of(attempt, method, folder.State.Attempts);
            var metrics = method.MetricsFile is { } file ? new GrowingFile(Path.Combine(folder.Path, file)) : null;
            using var program = ProgramProcess.Start(invocation, guard.Next());
            var result = await new CommandSession(attempt, method, folder, program, metrics, reporter, settings.MemoryLimit, time).Run(stop);
            return result with { Artifacts = folder.Path, Environment = EnvironmentOf(attempt.Device) };
        }
        catch (CommandException fault)
        {
            return new() { Outcome = new Failed(fault.Message) };
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            throw new AttemptLostException($"the program could not be started: {fault.Message}", fault);
        }
    }

    private static RunEnvironment EnvironmentOf(Device device) => new()
    {
        Device = $"{device.Id} {device.Description}".TrimEnd(),
        Threads = device.Threads,
        Nola = SoftwareVersions.Nola,
        DotNet = SoftwareVersions.DotNet,
        System = SoftwareVersions.System,
    };
}
