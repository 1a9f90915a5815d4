using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nola.Contracts;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Silo.Health;
using Nola.Silo.Hosting;
using Nola.Silo.Storage;

namespace Nola.Silo.Tests;

/// <summary>A silo in this process.</summary>
internal sealed class EmbeddedSilo(IHost host) : IAsyncDisposable
{
    public IServiceProvider Services => host.Services;

    public IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Settings of a silo over a SQLite store in the given folder, with one CPU slot.</summary>
    public static SiloSettings In(string folder) => new()
    {
        Storage = StorageOptions.Parse("sqlite:" + Path.Combine(folder, "nola.db")),
        ArtifactFolder = Path.Combine(folder, "artifacts"),
        Devices = [new Device { Id = "cpu", Kind = DeviceKind.Cpu }],
        LogFile = Path.Combine(folder, "silo.log"),
    };

    public static Task<EmbeddedSilo> Start(string folder) => Start(In(folder));

    public static async Task<EmbeddedSilo> Start(SiloSettings settings)
    {
        var host = NolaSilo.Build(settings);
        await host.StartAsync();
        await host.Services.GetRequiredService<SiloHealth>().Ready.WaitAsync(TimeSpan.FromMinutes(1));
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
