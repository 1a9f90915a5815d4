using System.Diagnostics;
using Nola.Core.Devices;

namespace Nola.Benchmarks.Engine;

/// <summary>The worker processes of a silo in this process, as <c>/proc</c> shows them.</summary>
internal static class Children
{
    /// <summary>CPU threads shared out over slots.</summary>
    public static Device Cpu(int slots, int threads) => new() { Id = "cpu", Kind = DeviceKind.Cpu, Slots = slots, Threads = threads };

    /// <summary>Child processes that run a worker.</summary>
    public static Process[] Workers() => [.. Process.GetProcesses().Where(IsWorker)];

    /// <summary>Kills every worker and waits until it is gone.</summary>
    public static async Task KillWorkers()
    {
        foreach (var worker in Workers())
        {
            worker.Kill();
            await worker.WaitForExitAsync();
        }
    }

    private static bool IsWorker(Process process)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{process.Id}/stat");
            return status[(status.LastIndexOf(')') + 2)..].Split(' ')[1] == Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
                && File.ReadAllText($"/proc/{process.Id}/cmdline").Contains("Nola.Worker.dll", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // It has just ended.
        }
    }
}
