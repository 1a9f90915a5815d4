using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nola.Contracts;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Silo.Health;
using Nola.Silo.Hosting;
using Nola.Silo.Storage;

namespace Nola.Benchmarks.Engine;

/// <summary>The engine as <c>nola run</c> hosts it: a silo in this process over a SQLite file.</summary>
internal sealed class Embedded(IHost host) : IAsyncDisposable
{
    public IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

    public static async Task<Embedded> Start(string folder, params ImmutableArray<Device> devices)
    {
        var host = NolaSilo.Build(new()
        {
            Storage = StorageOptions.Parse("sqlite:" + Path.Combine(folder, "nola.db")),
            ArtifactFolder = Path.Combine(folder, "artifacts"),
            Devices = devices,
            LogFile = Path.Combine(folder, "silo.log"),
        });
        await host.StartAsync();
        await host.Services.GetRequiredService<SiloHealth>().Ready.WaitAsync(TimeSpan.FromMinutes(2));
        return new(host);
    }

    /// <summary>Runs an experiment to its end; all its trials must be completed.</summary>
    public async Task<ExperimentStatus> Run(ExperimentSpec spec)
    {
        await Grains.GetGrain<IExperimentGrain>(spec.Name).Submit(spec);
        // Seldom: each question asks the grains of all trials in flight.
        var status = await Until(spec.Name, now => now.State == ExperimentState.Finished, TimeSpan.FromMilliseconds(250));
        return status.Counts.Completed == status.Planned
            ? status
            : throw new InvalidOperationException($"{spec.Name} ended with {status.Counts} of {status.Planned} planned trials.");
    }

    public async Task<ExperimentStatus> Until(string experiment, Func<ExperimentStatus, bool> condition, TimeSpan period)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        using var timer = new PeriodicTimer(period);
        while (await timer.WaitForNextTickAsync(limit.Token))
        {
            if (await Grains.GetGrain<IExperimentGrain>(experiment).GetStatus() is { } status && condition(status))
                return status;
        }

        throw new TimeoutException(experiment);
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}
