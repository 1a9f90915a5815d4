using System.Runtime.InteropServices;

namespace Nola.EndToEnd.Tests.Harness;

/// <summary>Signals to processes.</summary>
internal enum Signal
{
    Interrupt = 2,
    Kill = 9,
    Continue = 18,
    Stop = 19,
}

/// <summary>Sends them.</summary>
internal static class Signals
{
    /// <summary>Sends a signal; a process that has ended already is no fault.</summary>
    public static void Send(int process, Signal signal) => _ = SystemKill(process, (int)signal);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SystemKill(int process, int signal);
}
