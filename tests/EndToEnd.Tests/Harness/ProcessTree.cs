using System.Globalization;

namespace Nola.EndToEnd.Tests.Harness;

/// <summary>What /proc tells about the children of a process.</summary>
internal static class ProcessTree
{
    /// <summary>Ids of the living workers that a silo has started.</summary>
    public static IReadOnlyList<int> WorkersOf(int silo) =>
        [.. Directory.EnumerateDirectories("/proc").Select(folder => Path.GetFileName(folder)).Where(name => char.IsAsciiDigit(name[0]) && IsWorkerOf(name, silo)).Select(name => int.Parse(name, CultureInfo.InvariantCulture))];

    /// <summary>Whether a process runs; one that has ended and waits for its parent does not.</summary>
    public static bool IsAlive(int process) => StatusOf(process.ToString(CultureInfo.InvariantCulture)) is [var state, ..] && state is not ("Z" or "X");

    private static bool IsWorkerOf(string process, int silo)
    {
        if (StatusOf(process) is not [not ("Z" or "X"), var parent, ..] || parent != silo.ToString(CultureInfo.InvariantCulture))
            return false;
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Contains("Nola.Worker.dll", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // It has just ended.
        }
    }

    // State, parent and so on: what stands behind the program's name, which may hold anything.
    private static string[] StatusOf(string process)
    {
        try
        {
            var line = File.ReadAllText($"/proc/{process}/stat");
            return line[(line.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return [];
        }
    }
}
