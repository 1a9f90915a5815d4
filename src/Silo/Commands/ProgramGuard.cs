using System.Diagnostics;

namespace Nola.Silo.Commands;

/// <summary>
/// A shell beside the silo that does nothing until the silo is gone, however it went, and then kills what is left of its programs.
/// </summary>
/// <remarks>It holds the other end of a pipe, which the system closes when the silo's process ends. It finds programs by <see cref="ProgramTree.Mark"/>.</remarks>
internal sealed class ProgramGuard : IDisposable
{
    private const string Script =
        """
        read -r _
        for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
          found=$(grep -lzs "^$1=$2-" /proc/[0-9]*/environ)
          [ -n "$found" ] || exit 0
          for file in $found; do process=${file#/proc/}; kill -KILL "${process%/environ}"; done 2>/dev/null
          sleep 0.1
        done
        """;

    private readonly Lock gate = new();
    private readonly string name = Guid.NewGuid().ToString("N");
    private Process? shell;
    private int lastProgram;

    /// <summary>A mark for a new program; from now on it is guarded.</summary>
    public string Next()
    {
        lock (gate)
        {
            if (shell is null or { HasExited: true })
            {
                shell?.Dispose();
                shell = Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", Script, "sh", ProgramTree.Mark, name]) { RedirectStandardInput = true })!;
            }

            return $"{name}-{++lastProgram}";
        }
    }

    /// <summary>Kills what is left of the programs.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            shell?.StandardInput.Close();
            shell?.WaitForExit(TimeSpan.FromSeconds(5));
            shell?.Dispose();
            shell = null;
        }
    }
}
