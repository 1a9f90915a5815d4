using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Nola.Worker;

/// <summary>Keeps standard output for the conversation with the silo.</summary>
internal static class StandardOutput
{
    /// <summary>A stream to what was standard output; file descriptor 1 and <see cref="Console.Out"/> lead to standard error from now on.</summary>
    public static Stream Reserve()
    {
        var reserved = Duplicate(1);
        if (reserved < 0 || Replace(2, 1) < 0)
            throw new IOException("Standard output cannot be reserved for the conversation with the silo.");
        Console.SetOut(Console.Error);
        return new FileStream(new SafeFileHandle(reserved, ownsHandle: true), FileAccess.Write, bufferSize: 0);
    }

    [DllImport("libc", EntryPoint = "dup", SetLastError = true)]
    private static extern int Duplicate(int descriptor);

    [DllImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static extern int Replace(int from, int to);
}
