using System.Runtime.InteropServices;

namespace Nola.Training.Native;

/// <summary>Settings of the C library's allocator.</summary>
public static class MemoryAllocator
{
    private const string Tcmalloc = "libtcmalloc_minimal.so.4";
    private const int TrimThreshold = -1;
    private const int MemoryMapThreshold = -3;
    private const int MostArenas = -8;

    /// <summary>
    /// Keeps freed blocks up to 1 GiB in the process. By default the C library returns every large block to the system at once,
    /// and each training step then pays for fresh pages.
    /// </summary>
    /// <remarks>All threads share one arena: every trial has a thread of its own, and with an arena for each their freed memory would add up.</remarks>
    public static void KeepFreedMemory()
    {
        SetOption(MostArenas, 1);
        SetOption(MemoryMapThreshold, 1 << 30);
        SetOption(TrimThreshold, int.MaxValue);
    }

    /// <summary>Returns what was freed to the system, and measures the process's peak memory anew; for the time between two trials.</summary>
    public static void Rest()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            if (IsTcmalloc)
                Release();
            else
                Trim(0);
            File.WriteAllText("/proc/self/clear_refs", "5"); // proc(5): resets the peak resident set size
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or EntryPointNotFoundException or DllNotFoundException)
        {
            // Not this C library, or not allowed here; then the peak is that of all trials of the process.
        }
    }

    private static bool IsTcmalloc => Environment.GetEnvironmentVariable("LD_PRELOAD")?.Contains(Tcmalloc, StringComparison.Ordinal) == true;

    [DllImport("libc", EntryPoint = "mallopt")]
    private static extern int SetOption(int option, int value);

    [DllImport("libc", EntryPoint = "malloc_trim")]
    private static extern int Trim(nuint keep);

    [DllImport(Tcmalloc, EntryPoint = "MallocExtension_ReleaseFreeMemory")]
    private static extern void Release();
}
