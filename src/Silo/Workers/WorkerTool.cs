using System.Diagnostics;

namespace Nola.Silo.Workers;

/// <summary>One-off work that needs the worker's libraries: <c>Nola.Worker.dll</c> with a command line of its own, which works, says what went wrong, and ends.</summary>
public static class WorkerTool
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="settings">Where the worker is.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <returns>What it said on its standard error, when it failed; else null.</returns>
    /// <exception cref="WorkerException">There is no worker program.</exception>
    public static async Task<string?> Run(WorkerSettings settings, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        if (!File.Exists(settings.Program))
            throw new WorkerException($"There is no worker program {settings.Program}; build src/Worker, or let NOLA_WORKER name Nola.Worker.dll.");
        using var process = Process.Start(new ProcessStartInfo(WorkerProcess.Dotnet, [settings.Program, .. arguments]) { RedirectStandardError = true })!;
        try
        {
            var said = await process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0 ? null : said.Trim();
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }
}
