using System.Runtime.InteropServices;

namespace Nola.Training.Native;

/// <summary>Settings of the C library's allocator.</summary>
internal static class MemoryAllocator
{
    private const int TrimThreshold = -1;
    private const int MemoryMapThreshold = -3;

    /// <summary>
    /// Keeps freed blocks up to 1 GiB in the process. By default the C library returns every large block to the system at once,
    /// and each training step then pays for fresh pages.
    /// </summary>
    public static void KeepFreedMemory()
    {
        SetOption(MemoryMapThreshold, 1 << 30);
        SetOption(TrimThreshold, int.MaxValue);
    }

    [DllImport("libc", EntryPoint = "mallopt")]
    private static extern int SetOption(int option, int value);
}
