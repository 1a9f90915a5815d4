using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Nola.Benchmarks.Measuring;

/// <summary>Where, when and on what a figure was measured.</summary>
public sealed record Machine
{
    public required string Processor { get; init; }
    public required int Cores { get; init; }
    public required double MemoryGiB { get; init; }
    public required string System { get; init; }
    public required string Runtime { get; init; }
    public required string Date { get; init; }

    /// <summary>The commit; with a plus sign when files had changed since.</summary>
    public required string Commit { get; init; }

    /// <summary>Load average of the last minute before the benchmark began: how busy others kept the machine.</summary>
    public required double LoadBefore { get; init; }

    public static Machine Look() => new()
    {
        Processor = Line("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Cores = Environment.ProcessorCount,
        MemoryGiB = Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30), 1),
        System = Line("/etc/os-release", "PRETTY_NAME") ?? RuntimeInformation.OSDescription,
        Runtime = RuntimeInformation.FrameworkDescription,
        Date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture),
        Commit = Git("rev-parse --short HEAD") + (Git("status --porcelain --untracked-files=no").Length > 0 ? "+" : ""),
        LoadBefore = File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : 0,
    };

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Processor}, {Cores} cores, {MemoryGiB} GiB, {System}, {Runtime}; {Date}, commit {Commit}, load before {LoadBefore:0.0}");

    private static string? Line(string file, string key) => !File.Exists(file) ? null : File.ReadLines(file)
        .FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(':', '=')[^1].Trim(' ', '"', '\t');

    private static string Git(string arguments)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory })!;
            return git.StandardOutput.ReadToEnd().Trim();
        }
        catch (global::System.ComponentModel.Win32Exception)
        {
            return "";
        }
    }
}
