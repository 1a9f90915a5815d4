using Microsoft.Extensions.Hosting;

namespace Nola.Silo.Hosting;

/// <summary>A host's lifetime that leaves signals to whoever started it.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
