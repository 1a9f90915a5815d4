using System.Runtime.InteropServices;
using Nola.Client.Commands;

namespace Nola.Client.Hosting;

/// <summary>Ctrl-C and SIGTERM: the first asks the command to stop in good order, a second Ctrl-C ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;

    public Interruption() => registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Receive),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Receive),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
        source.Dispose();
    }

    private void Receive(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (source.IsCancellationRequested)
            Environment.Exit(ExitCodes.Interrupted); // Workers see the end of their pipe and go; what is stored stays.
        source.Cancel();
    }
}
