using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nola.Contracts;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Silo.Hosting;
using Nola.Silo.Storage;

namespace Nola.Silo.Tests;

/// <summary>A silo in this process over a SQLite store in the given folder, with one CPU slot.</summary>
internal sealed class EmbeddedSilo(IHost host) : IAsyncDisposable
{
    public IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

    public static async Task<EmbeddedSilo> Start(string folder, string? storage = null)
    {
        var host = NolaSilo.Build(new()
        {
            Storage = StorageOptions.Parse(storage ?? "sqlite:" + Path.Combine(folder, "nola.db")),
            ArtifactFolder = Path.Combine(folder, "artifacts"),
            Devices = [new Device { Id = "cpu", Kind = DeviceKind.Cpu }],
            LogFile = Path.Combine(folder, "silo.log"),
        });
        await host.StartAsync();
        return new(host);
    }

    public async Task<ExperimentStatus> WaitFor(string experiment, Func<ExperimentStatus, bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        ExperimentStatus? status = null;
        try
        {
            do
            {
                status = await Grains.GetGrain<IExperimentGrain>(experiment).GetStatus();
                if (status is not null && condition(status))
                    return status;
            }
            while (await timer.WaitForNextTickAsync(limit.Token));
        }
        catch (OperationCanceledException)
        {
            // Told below.
        }

        throw new TimeoutException($"{experiment}: not {what} within 120 s; it is {status}");
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}
