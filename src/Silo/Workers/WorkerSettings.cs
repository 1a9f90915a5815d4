using System.Reflection;

namespace Nola.Silo.Workers;

/// <summary>How a silo runs its workers.</summary>
public sealed record WorkerSettings
{
    /// <summary>Resident memory in bytes over which a worker is killed and its trial fails; 0 for no limit. Default: 0.</summary>
    public long MemoryLimit { get; init; }

    /// <summary>A worker that says nothing for so long is killed, and its trial is tried again. Default: 10 minutes.</summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The clock of the limits. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Nola.Worker.dll: named by NOLA_WORKER, else in <c>worker/</c> beside the program, else in the build's own output.</summary>
    public string Program { get; init; } = FindProgram();

    private static string FindProgram()
    {
        if (Environment.GetEnvironmentVariable("NOLA_WORKER") is { Length: > 0 } named)
            return named;
        var beside = Path.Combine(AppContext.BaseDirectory, "worker", "Nola.Worker.dll");
        return File.Exists(beside)
            ? beside
            : typeof(WorkerSettings).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(item => item.Key == "WorkerProgram").Value!;
    }
}
