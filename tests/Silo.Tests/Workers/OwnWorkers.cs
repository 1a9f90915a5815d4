using System.Diagnostics;
using System.Globalization;

namespace Nola.Silo.Tests.Workers;

/// <summary>The worker processes of this test process: its children whose command line names the worker program.</summary>
internal static class OwnWorkers
{
    private const int Stop = 19;

    public static IEnumerable<Process> Find() => Process.GetProcesses().Where(process =>
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
    });

    /// <summary>Ends them without warning.</summary>
    public static void Kill()
    {
        foreach (var worker in Find())
            worker.Kill();
    }

    /// <summary>Makes them hang and lets time pass until somebody has killed them.</summary>
    public static void FreezeUntilKilled(Action passTime)
    {
        var workers = Find().ToArray();
        foreach (var worker in workers)
            Assert.Equal(0, SendSignal(worker.Id, Stop));
        for (var tries = 0; workers.Any(worker => !worker.WaitForExit(TimeSpan.FromMilliseconds(100))); tries++)
        {
            Assert.True(tries < 600, "A worker that hangs is not killed.");
            passTime();
        }
    }

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int process, int signal);
}
