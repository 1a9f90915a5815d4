using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Nola.Silo.Commands;

/// <summary>The processes that a program has started, and what they use, as /proc tells.</summary>
internal static class ProgramTree
{
    /// <summary>The environment variable that marks every process of one attempt, also those that have left its session.</summary>
    public const string Mark = "NOLA_PROGRAM";

    private const int PageSize = 4096;

    /// <summary>Signals a process; a negative id means a whole process group. False when there is none.</summary>
    public static bool Send(int process, int signal) => SystemKill(process, signal) == 0;

    /// <summary>Resident memory in bytes of a program: of its session, and of the children of its processes wherever they have gone.</summary>
    public static long MemoryOf(int program) => FamilyOf(program, Processes()).Sum(Resident);

    /// <summary>Ids of a program's living processes, also of those whose parents have ended: they carry its mark.</summary>
    public static int[] Members(int program, string mark)
    {
        var wanted = Encoding.UTF8.GetBytes($"{Mark}={mark}\0");
        var all = Processes();
        return [.. FamilyOf(program, all).Union(all.Select(process => process.Id).Where(id => Carries(id, wanted)))];
    }

    private static HashSet<int> FamilyOf(int program, (int Id, int Parent, int Session)[] all)
    {
        var family = all.Where(process => process.Session == program).Select(process => process.Id).ToHashSet();
        int before;
        do
        {
            before = family.Count;
            family.UnionWith(all.Where(process => family.Contains(process.Parent)).Select(process => process.Id));
        }
        while (family.Count > before);
        return family;
    }

    // Behind the program's name, which may hold anything: state, parent, group, session. One that has ended and waits for its parent is none.
    private static (int Id, int Parent, int Session)[] Processes()
    {
        var all = new List<(int, int, int)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && Encoding.ASCII.GetString(Read(id, "stat")) is var line
                && line[Math.Min(line.Length, line.LastIndexOf(')') + 2)..].Split(' ') is [not ("Z" or "X"), var parent, _, var session, ..])
                all.Add((id, int.Parse(parent, CultureInfo.InvariantCulture), int.Parse(session, CultureInfo.InvariantCulture)));
        return [.. all];
    }

    private static bool Carries(int process, byte[] wanted) => Read(process, "environ").AsSpan().IndexOf(wanted) >= 0;

    private static long Resident(int process) =>
        Encoding.ASCII.GetString(Read(process, "statm")).Split(' ') is [_, var pages, ..] ? long.Parse(pages, CultureInfo.InvariantCulture) * PageSize : 0;

    private static byte[] Read(int process, string file)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{process}/{file}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return []; // It has just ended, or is another user's.
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SystemKill(int process, int signal);
}
