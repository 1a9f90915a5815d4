using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Nola.Testing;

namespace Nola.EndToEnd.Tests.Harness;

/// <summary>A real <c>nola</c> process: started as a user would, watched line by line, and killed as a machine would.</summary>
public sealed class NolaProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();
    private readonly SemaphoreSlim changed = new(0);
    private readonly string commandLine;

    private NolaProcess(Process process, string commandLine)
    {
        this.process = process;
        this.commandLine = commandLine;
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
    }

    /// <summary>The program under test, as the build put it.</summary>
    public static string Program { get; } = Path.Combine(SharedData.RepositoryRoot, "src", "Client", "bin", "Release", "net10.0", "nola.dll");

    public int Id => process.Id;

    /// <summary>Everything printed so far, standard output and error in order of arrival.</summary>
    public string Output => string.Join('\n', lines);

    public static NolaProcess Start(string folder, params string[] arguments) => Start(folder, [], arguments);

    public static NolaProcess Start(string folder, Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["NO_COLOR"] = "1";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var nola = new NolaProcess(new Process { StartInfo = start }, "nola " + string.Join(' ', arguments));
        nola.process.Start();
        nola.process.BeginOutputReadLine();
        nola.process.BeginErrorReadLine();
        return nola;
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int ExitCode, string Output)> Run(string folder, params string[] arguments) =>
        await Run(folder, [], arguments);

    /// <summary>Runs a command to its end, with further environment variables.</summary>
    public static async Task<(int ExitCode, string Output)> Run(string folder, Dictionary<string, string> environment, params string[] arguments)
    {
        await using var nola = Start(folder, environment, arguments);
        var code = await nola.WaitForExit(TimeSpan.FromMinutes(5));
        return (code, nola.Output);
    }

    /// <summary>Waits until a printed line satisfies <paramref name="condition"/> and returns it.</summary>
    public async Task<string> WaitForLine(Func<string, bool> condition, string what, TimeSpan? within = null)
    {
        var limit = Stopwatch.StartNew();
        var bound = within ?? TimeSpan.FromSeconds(90);
        while (true)
        {
            if (lines.FirstOrDefault(condition) is { } line)
                return line;
            var left = bound - limit.Elapsed;
            if (left <= TimeSpan.Zero || (process.HasExited && !await changed.WaitAsync(TimeSpan.FromSeconds(1))))
            {
                if (lines.FirstOrDefault(condition) is { } last)
                    return last;
                throw new TimeoutException($"{commandLine}: no line with {what} within {bound}; exited: {process.HasExited}; it printed:\n{Output}");
            }

            await changed.WaitAsync(left < TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1));
        }
    }

    public async Task<int> WaitForExit(TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{commandLine}: still running after {within}; it printed:\n{Output}");
        }

        return process.ExitCode;
    }

    /// <summary>Sends a signal to this process alone, not to its children.</summary>
    public void Signal(int signal) => Assert.Equal(0, Kill(process.Id, signal));

    /// <summary>SIGKILL of this process alone: what a machine's sudden end looks like to the others.</summary>
    public void KillHard() => Signal(9);

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is null)
            return;
        lines.Enqueue(line);
        changed.Release();
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}

/// <summary>Numbers of the signals that the tests send.</summary>
public static class Signals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Stop = 19;
    public const int Continue = 18;
}
