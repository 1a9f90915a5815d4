using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Nola.Client.Tests.Studies;

/// <summary>Optuna itself, where there is one: in the Debian tree that NOLA_PEER names (as root), or with this machine's python3.</summary>
internal static class Peer
{
    /// <summary>Runs a script beside the test with a file as its argument; null where there is no Optuna.</summary>
    public static async Task<string?> Run(string script, string file, [CallerFilePath] string test = "")
    {
        var root = Environment.GetEnvironmentVariable("NOLA_PEER");
        var here = Path.Combine(Path.GetDirectoryName(test)!, script);
        if (root is null)
            return await Start("python3", ["-c", "import optuna"]) is null ? null : await Start("python3", [here, file]);
        var folder = Directory.CreateDirectory(Path.Combine(root, "tmp", Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            File.Copy(here, Path.Combine(folder, script));
            File.Copy(file, Path.Combine(folder, "journal.log"));
            var inside = "/tmp/" + Path.GetFileName(folder);
            return await Start("chroot", [root, "python3", $"{inside}/{script}", $"{inside}/journal.log"])
                ?? throw new InvalidOperationException($"NOLA_PEER is {root}, but Optuna does not read the file there.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string?> Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TZ"] = "UTC";
        try
        {
            using var process = Process.Start(start)!;
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
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
