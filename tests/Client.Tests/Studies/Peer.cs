using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Nola.Client.Tests.Studies;

/// <summary>Optuna itself, where there is one: with the Python that NOLA_PEER names, such as <c>chroot /opt/peer python3</c>, or with this machine's python3.</summary>
internal static class Peer
{
    /// <summary>Runs a script beside the test with a file as its standard input, and returns what it prints; null where there is no Optuna.</summary>
    public static async Task<string?> Run(string script, string file, [CallerFilePath] string test = "")
    {
        var named = Environment.GetEnvironmentVariable("NOLA_PEER");
        var python = (named ?? "python3").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (await Start(python, "import optuna", "") is null)
            return named is null ? null : throw new InvalidOperationException($"NOLA_PEER is {named}, but there is no Optuna.");
        return await Start(python, await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(test)!, script)), await File.ReadAllTextAsync(file))
            ?? throw new InvalidOperationException($"{script} failed.");
    }

    private static async Task<string?> Start(string[] python, string script, string input)
    {
        var start = new ProcessStartInfo(python[0], [.. python[1..], "-c", script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TZ"] = "UTC";
        try
        {
            using var process = Process.Start(start)!;
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
            await error;
            return process.ExitCode == 0 ? await output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
