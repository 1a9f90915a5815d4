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

    /// <summary>Resident memory in bytes of all processes of a session.</summary>
    public static long MemoryOf(int session) => Processes().Where(id => SessionOf(id) == session).Sum(Resident);

    /// <summary>Ids of the living processes of a session, and of those that carry a mark.</summary>
    public static int[] Members(int session, string mark)
    {
        var wanted = Encoding.UTF8.GetBytes($"{Mark}={mark}\0");
        return [.. Processes().Where(id => SessionOf(id) == session || Carries(id, wanted))];
    }

    private static IEnumerable<int> Processes()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                yield return id;
    }

    // The session is the fourth value behind the program's name, which may hold anything. A process that has ended and waits for its parent is none.
    private static int SessionOf(int process) =>
        Read(process, "stat") is { Length: > 0 } bytes && Encoding.ASCII.GetString(bytes) is var line && line[(line.LastIndexOf(')') + 2)..].Split(' ') is [not ("Z" or "X"), _, _, var session, ..]
            ? int.Parse(session, CultureInfo.InvariantCulture)
            : 0;

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
