using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Nola.Client.Commands;
using Nola.Client.Specs;
using Nola.Contracts;
using Nola.Grains.Placement;
using Nola.Silo.Devices;
using Nola.Silo.Hosting;
using Nola.Silo.Storage;

namespace Nola.Client.Hosting;

/// <summary>The engine that a command talks to: a silo in this process, the process that has the store open, or a cluster.</summary>
internal sealed class Engine : IAsyncDisposable
{
    private const int MostNames = 10;
    private const string StoreFile = "nola.db";

    private readonly Func<Task> close;

    private Engine(IGrainFactory grains, bool isHere, Func<Task> close)
    {
        Grains = grains;
        IsHere = isHere;
        this.close = close;
    }

    /// <summary>Whether trials run in this process and its workers, and so end with it.</summary>
    public bool IsHere { get; }

    /// <summary>The options that name this engine, with a space before them, for commands that the user is told to type next; empty where none are needed.</summary>
    public string Options { get; init; } = "";

    /// <summary>The way to experiments.</summary>
    public IGrainFactory Grains { get; }

    /// <summary>The catalog of experiments.</summary>
    public ICatalogGrain Catalog => Grains.GetGrain<ICatalogGrain>(0);

    /// <summary>Whether a folder holds a store.</summary>
    public static bool HasStore(string folder) => File.Exists(Path.Combine(folder, StoreFile));

    /// <summary>The engine of a store: the process that has it open, or else a silo in this one.</summary>
    /// <param name="folder">Absolute path of the folder with store, artifacts and log.</param>
    /// <param name="slots">CPU slots to offer; 0 for a silo that runs nothing.</param>
    /// <param name="options">The engine's <see cref="Options"/>.</param>
    /// <param name="note">Hears what the user should know.</param>
    /// <param name="cancellation">Gives up starting.</param>
    public static async Task<Engine> Open(string folder, int slots, string options, Action<string> note, CancellationToken cancellation)
    {
        var store = Path.Combine(folder, StoreFile);
        while (StoreOwner.TryFind(store) is { } owner)
        {
            try
            {
                var client = await NolaClusterClient.Connect(owner, store, cancellation);
                if (slots > 0)
                    note(string.Create(CultureInfo.InvariantCulture, $"The store {folder} is open in process {owner.Process}, which runs the trials."));
                return Of(client, options);
            }
            catch (ClusterUnreachableException) when (StoreOwner.TryFind(store) == owner)
            {
                throw new UserException(string.Create(CultureInfo.InvariantCulture, $"The store {folder} is open in process {owner.Process}, which does not answer: it is stopped, or very busy. Try again, or end it: kill {owner.Process}"), ExitCodes.Engine);
            }
            catch (ClusterUnreachableException)
            {
                // It was about to end, and has given the store back.
            }
        }

        MakeFolder(folder);
        var host = NolaSilo.Build(new()
        {
            Storage = new(StorageKind.Sqlite, store),
            ArtifactFolder = Path.Combine(folder, "artifacts"),
            Devices = slots > 0 ? DeviceDiscovery.Find(slots) : [],
            Role = slots > 0 ? SiloRole.All : SiloRole.Control,
            Sandbox = SandboxSetting.Read(),
            LogFile = Path.Combine(folder, "nola.log"),
        });
        await host.StartAsync(cancellation);
        return new(host.Services.GetRequiredService<IGrainFactory>(), isHere: true, async () =>
        {
            await host.StopAsync();
            host.Dispose();
        })
        {
            Options = options,
        };
    }

    /// <summary>A client of a cluster.</summary>
    /// <param name="address">redis://HOST:PORT or HOST:PORT of a gateway.</param>
    /// <param name="options">The engine's <see cref="Options"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<Engine> Connect(string address, string options, CancellationToken cancellation)
    {
        try
        {
            return Of(await NolaClusterClient.Connect(address, Environment.GetEnvironmentVariable("NOLA_CLUSTER"), cancellation), options);
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
        var known = (await Catalog.List()).Select(entry => entry.Id).ToArray();
        var remedy = known.Length == 0 ? "there are none yet."
            : Suggestions.Nearest(id, known) is { } near ? $"did you mean '{near}'?"
            : known.Length <= MostNames ? $"there are {string.Join(", ", known)}."
            : string.Create(CultureInfo.InvariantCulture, $"the newest are {string.Join(", ", known.Take(MostNames))}; nola ls shows all {known.Length}.");
        throw new UserException($"There is no experiment '{id}' here; {remedy} Another store is named with --store, a cluster with --cluster.", ExitCodes.Usage);
    }

    public async ValueTask DisposeAsync() => await close();

    private static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"--store is '{folder}', which cannot be made: {fault.Message.TrimEnd('.')}. Name a folder that you may write to.", ExitCodes.Engine);
        }
    }

    private static Engine Of(NolaClusterClient cluster, string options) => new(cluster.Client, isHere: false, async () => await cluster.DisposeAsync()) { Options = options };
}
