using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nola.Contracts;
using Nola.Silo.Devices;
using Nola.Silo.Hosting;
using Nola.Silo.Storage;

namespace Nola.Client.Hosting;

/// <summary>The engine that a command talks to: a silo in this process, or a cluster.</summary>
internal sealed class Engine : IAsyncDisposable
{
    private readonly IHost host;

    private Engine(IHost host, bool isHere)
    {
        this.host = host;
        IsHere = isHere;
        Grains = host.Services.GetRequiredService<IGrainFactory>();
    }

    /// <summary>Whether trials run in this process and its workers, and so end with it.</summary>
    public bool IsHere { get; }

    /// <summary>The way to experiments.</summary>
    public IGrainFactory Grains { get; }

    /// <summary>The catalog of experiments.</summary>
    public ICatalogGrain Catalog => Grains.GetGrain<ICatalogGrain>(0);

    /// <summary>A silo in this process.</summary>
    /// <param name="folder">Absolute path of the folder with store, artifacts and log.</param>
    /// <param name="slots">CPU slots to offer; 0 for a silo that runs nothing.</param>
    /// <param name="cancellation">Gives up starting.</param>
    public static async Task<Engine> OpenHere(string folder, int slots, CancellationToken cancellation)
    {
        var host = NolaSilo.Build(new()
        {
            Storage = new(StorageKind.Sqlite, Path.Combine(folder, "nola.db")),
            ArtifactFolder = Path.Combine(folder, "artifacts"),
            Devices = slots > 0 ? DeviceDiscovery.Find(slots) : [],
            LogFile = Path.Combine(folder, "nola.log"),
        });
        await host.StartAsync(cancellation);
        return new(host, isHere: true);
    }

    /// <summary>A client of the cluster that keeps its membership in the given Redis server.</summary>
    public static async Task<Engine> Connect(StorageOptions redis, CancellationToken cancellation)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client => client.UseNolaMembership(redis));
        var host = builder.Build();
        await host.StartAsync(cancellation);
        return new(host, isHere: false);
    }

    /// <summary>The experiment of that id. Throws when the catalog does not list it.</summary>
    public async Task<IExperimentGrain> Find(string id)
    {
        var experiment = Grains.GetGrain<IExperimentGrain>(id);
        if (await experiment.GetStatus() is not null)
            return experiment;
        var known = (await Catalog.List()).Select(entry => entry.Id).Take(10).ToArray();
        throw new Commands.UserException(
            $"There is no experiment '{id}' here; {(known.Length == 0 ? "there are none yet" : "there are " + string.Join(", ", known))}. Another store is named with --store, a cluster with --cluster.",
            Commands.ExitCodes.Usage);
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}
