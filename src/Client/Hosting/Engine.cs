using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Nola.Client.Commands;
using Nola.Contracts;
using Nola.Silo.Devices;
using Nola.Silo.Hosting;
using Nola.Silo.Storage;

namespace Nola.Client.Hosting;

/// <summary>The engine that a command talks to: a silo in this process, the process that has the store open, or a cluster.</summary>
internal sealed class Engine : IAsyncDisposable
{
    private readonly Func<Task> close;

    private Engine(IGrainFactory grains, bool isHere, Func<Task> close)
    {
        Grains = grains;
        IsHere = isHere;
        this.close = close;
    }

    /// <summary>Whether trials run in this process and its workers, and so end with it.</summary>
    public bool IsHere { get; }

    /// <summary>The way to experiments.</summary>
    public IGrainFactory Grains { get; }

    /// <summary>The catalog of experiments.</summary>
    public ICatalogGrain Catalog => Grains.GetGrain<ICatalogGrain>(0);

    /// <summary>The engine of a store: the process that has it open, or else a silo in this one.</summary>
    /// <param name="folder">Absolute path of the folder with store, artifacts and log.</param>
    /// <param name="slots">CPU slots to offer; 0 for a silo that runs nothing.</param>
    /// <param name="cancellation">Gives up starting.</param>
    public static async Task<Engine> Open(string folder, int slots, CancellationToken cancellation)
    {
        var store = Path.Combine(folder, "nola.db");
        if (StoreOwner.TryFind(store) is { } owner)
        {
            if (slots > 0)
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"The store {folder} is open in process {owner.Process}, which runs the trials."));
            return Of(await NolaClusterClient.Connect(owner, cancellation));
        }

        var host = NolaSilo.Build(new()
        {
            Storage = new(StorageKind.Sqlite, store),
            ArtifactFolder = Path.Combine(folder, "artifacts"),
            Devices = slots > 0 ? DeviceDiscovery.Find(slots) : [],
            Role = slots > 0 ? SiloRole.All : SiloRole.Control,
            LogFile = Path.Combine(folder, "nola.log"),
        });
        await host.StartAsync(cancellation);
        return new(host.Services.GetRequiredService<IGrainFactory>(), isHere: true, async () =>
        {
            await host.StopAsync();
            host.Dispose();
        });
    }

    /// <summary>A client of a cluster.</summary>
    /// <param name="address">redis://HOST:PORT or HOST:PORT of a gateway.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<Engine> Connect(string address, CancellationToken cancellation)
    {
        try
        {
            return Of(await NolaClusterClient.Connect(address, Environment.GetEnvironmentVariable("NOLA_CLUSTER"), cancellation));
        }
        catch (FormatException wrong)
        {
            throw new UserException("--cluster: " + wrong.Message, ExitCodes.Usage);
        }
        catch (ClusterUnreachableException fault)
        {
            throw new UserException(fault.Message, ExitCodes.Engine);
        }
    }

    /// <summary>The experiment of that id. Throws when there is none.</summary>
    public async Task<IExperimentGrain> Find(string id)
    {
        var experiment = Grains.GetGrain<IExperimentGrain>(id);
        if (await experiment.GetStatus() is not null)
            return experiment;
        var known = (await Catalog.List()).Select(entry => entry.Id).Take(10).ToArray();
        throw new UserException(
            $"There is no experiment '{id}' here; {(known.Length == 0 ? "there are none yet" : "there are " + string.Join(", ", known))}. Another store is named with --store, a cluster with --cluster.",
            ExitCodes.Usage);
    }

    public async ValueTask DisposeAsync() => await close();

    private static Engine Of(NolaClusterClient cluster) => new(cluster.Client, isHere: false, async () => await cluster.DisposeAsync());
}
