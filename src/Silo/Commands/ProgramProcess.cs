using System.Diagnostics;

namespace Nola.Silo.Commands;

/// <summary>One run of a program, in a session of its own, with all processes that it starts.</summary>
internal sealed class ProgramProcess : IDisposable
{
    private const int Kill = 9, Terminate = 15, Continue = 18, Stop = 19;
    private static readonly TimeSpan BetweenRounds = TimeSpan.FromMilliseconds(20);

    private readonly Process process;
    private readonly string mark;

    private ProgramProcess(Process process, string mark)
    {
        (this.process, this.mark) = (process, mark);
        Exited = Watch();
    }

    /// <summary>The exit code, or 128 and the number of the signal that ended it.</summary>
    public Task<int> Exited { get; }

    public Stream Output => process.StandardOutput.BaseStream;

    public Stream Errors => process.StandardError.BaseStream;

    /// <summary>Resident memory in bytes of all its processes.</summary>
    public long Memory => ProgramTree.MemoryOf(process.Id);

    /// <summary>Starts it with nothing on its standard input.</summary>
    /// <param name="invocation">What to start.</param>
    /// <param name="mark">Tells its processes from all others.</param>
    public static ProgramProcess Start(CommandInvocation invocation, string mark)
    {
        var start = new ProcessStartInfo("setsid", [invocation.Program, .. invocation.Arguments])
        {
            WorkingDirectory = invocation.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var own in start.Environment.Keys.Where(name => name.StartsWith("NOLA_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(own);
        foreach (var (name, value) in invocation.Environment)
            start.Environment[name] = value;
        start.Environment[ProgramTree.Mark] = mark;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new(process, mark);
    }

    /// <summary>Lets it stand still, or go on.</summary>
    public void Freeze(bool stands) => Send(stands ? Stop : Continue);

    /// <summary>Asks it to end, and kills what is left of it when it does not within the grace period.</summary>
    public async Task End(TimeSpan grace, TimeProvider time)
    {
        if (grace > TimeSpan.Zero)
        {
            Send(Terminate);
            Freeze(false);
            await ((Task)Exited).WaitAsync(grace, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await KillAll();
        await Exited;
    }

    /// <summary>Kills its processes until none is left: one may start another between a look and its death.</summary>
    public async Task KillAll()
    {
        Send(Kill);
        for (var round = 0; round < 100; round++)
        {
            var left = ProgramTree.Members(process.Id, mark);
            if (left.Length == 0)
                return;
            foreach (var member in left)
                ProgramTree.Send(member, Kill);
            await Task.Delay(BetweenRounds);
        }
    }

    public void Dispose() => process.Dispose();

    // In its first moment it has no group of its own yet.
    private void Send(int signal)
    {
        if (!ProgramTree.Send(-process.Id, signal))
            ProgramTree.Send(process.Id, signal);
    }

    private async Task<int> Watch()
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
