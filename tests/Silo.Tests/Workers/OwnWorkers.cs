using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Nola.Silo.Workers;

namespace Nola.Silo.Tests.Workers;

/// <summary>The worker processes of one silo; other silos of this process, in tests beside this one, keep theirs.</summary>
internal static class OwnWorkers
{
    private const int Stop = 19;

    /// <summary>Ends them without warning.</summary>
    public static void Kill(EmbeddedSilo silo)
    {
        foreach (var worker in Of(silo))
            worker.Kill();
    }

    /// <summary>Makes them hang and lets time pass until somebody has killed them.</summary>
    public static void FreezeUntilKilled(EmbeddedSilo silo, Action passTime)
    {
        var workers = Of(silo).ToArray();
        Assert.NotEmpty(workers);
        foreach (var worker in workers)
            Assert.Equal(0, SendSignal(worker.Id, Stop));
        // Time passes again only when nothing came of it, or the worker that takes the place of this one would seem to hang too.
        for (var tries = 0; tries < 6; tries++)
        {
            passTime();
            if (workers.All(worker => worker.WaitForExit(TimeSpan.FromSeconds(10))))
                return;
        }

        Assert.Fail("A worker that hangs is not killed.");
    }

    /// <summary>What each has in memory, by the paths of files.</summary>
    public static IEnumerable<string> Libraries(EmbeddedSilo silo) => Of(silo).Select(worker => File.ReadAllText($"/proc/{worker.Id}/maps"));

    private static IEnumerable<Process> Of(EmbeddedSilo silo)
    {
        foreach (var id in silo.Services.GetRequiredService<WorkerPool>().Processes)
            if (Find(id) is { } process)
                yield return process;
    }

    private static Process? Find(int id)
    {
        try
        {
            return Process.GetProcessById(id);
        }
        catch (ArgumentException)
        {
            return null; // It has just ended.
        }
    }

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int process, int signal);
}
