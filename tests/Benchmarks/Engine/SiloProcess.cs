using System.Diagnostics;

namespace Nola.Benchmarks.Engine;

/// <summary>A silo as a process of its own, with two CPU slots, in a cluster over Redis.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private readonly Process process;

    private SiloProcess(string name, Process process)
    {
        Name = name;
        this.process = process;
    }

    public string Name { get; }

    /// <summary>Largest resident memory in bytes that <see cref="Look"/> saw.</summary>
    public long PeakMemory { get; private set; }

    /// <summary>Looks at the process's memory, as the system has noted its peak.</summary>
    public void Look()
    {
        process.Refresh();
        if (!process.HasExited)
            PeakMemory = Math.Max(PeakMemory, process.PeakWorkingSet64);
    }

    /// <summary>Starts one and waits until it takes work.</summary>
    public static async Task<SiloProcess> Start(string name, string redis, string folder)
    {
        var start = Itself.With(
            "silo", "--name", name, "--store", redis, "--artifacts", Path.Combine(folder, "artifacts"), "--devices", "cpu:2",
            "--silo-port", "0", "--gateway-port", "0", "--http-port", "off", "--sandbox", "off", "--log", "error");
        // What it says about silos that it misses is no news here.
        start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("ready:", StringComparison.Ordinal))
                return new(name, process);
        }

        throw new InvalidOperationException($"The silo {name} did not start.");
    }

    /// <summary>SIGKILL: it cannot say goodbye.</summary>
    public void Kill() => process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
