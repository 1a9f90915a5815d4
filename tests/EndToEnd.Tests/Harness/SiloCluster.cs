using System.Globalization;
using Nola.Client.Specs;
using Nola.Contracts;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Grains.Budgets;
using Nola.Silo.Hosting;
using Nola.Silo.Storage;
using Nola.Testing.Processes;

namespace Nola.EndToEnd.Tests.Harness;

/// <summary>Several <c>nola silo</c> processes over one real redis-server and one folder of artifacts.</summary>
internal sealed class SiloCluster : IAsyncDisposable
{
    private readonly TempFolder folder;
    private readonly List<NolaProcess> silos = [];
    private readonly string devices;
    private NolaClusterClient? client;

    private SiloCluster(TempFolder folder, RedisServer redis, string devices)
    {
        this.folder = folder;
        Redis = redis;
        this.devices = devices;
    }

    public RedisServer Redis { get; }

    /// <summary>The living silos, in order of their start.</summary>
    public IReadOnlyList<NolaProcess> Silos
    {
        get
        {
            lock (silos)
                return [.. silos];
        }
    }

    public string Folder => folder.Path;

    public string Artifacts => folder["artifacts"];

    private IGrainFactory Grains => client!.Client;

    /// <summary>Starts Redis, then the first silo, then the others: the first one keeps the scheduler.</summary>
    /// <param name="folder">For artifacts and specs.</param>
    /// <param name="silos">How many.</param>
    /// <param name="devices">Their devices, as <c>nola silo --devices</c> takes them.</param>
    public static async Task<SiloCluster> Start(TempFolder folder, int silos, string devices)
    {
        var cluster = new SiloCluster(folder, await RedisServer.Start(), devices);
        await cluster.StartSilo();
        cluster.client = await NolaClusterClient.Connect(StorageOptions.Parse(cluster.Redis.Address));
        await Wait.Until("the scheduler knows the first silo", () => cluster.Grains.GetGrain<IClusterGrain>(0).GetStatus(), status => status.Silos.Length == 1);
        await Task.WhenAll(Enumerable.Range(1, silos - 1).Select(_ => cluster.StartSilo()));
        await cluster.Has(silos);
        return cluster;
    }

    /// <summary>Starts one more silo and waits until it is ready.</summary>
    public async Task<NolaProcess> StartSilo()
    {
        var silo = NolaProcess.Start(
            "silo", "--store", Redis.Address, "--artifacts", Artifacts, "--devices", devices, "--silo-port", "0", "--gateway-port", "0", "--http-port", "off", "--sandbox", "off");
        lock (silos)
            silos.Add(silo);
        await silo.Says("ready: silo");
        return silo;
    }

    /// <summary>SIGKILL to a silo and its workers.</summary>
    public async Task Kill(NolaProcess silo)
    {
        lock (silos)
            silos.Remove(silo);
        await silo.KillAll();
        await silo.DisposeAsync();
    }

    /// <summary>Waits until the scheduler counts so many silos.</summary>
    public Task<ClusterStatus> Has(int count) => Wait.Until(
        $"{count} silos offer devices", () => Grains.GetGrain<IClusterGrain>(0).GetStatus(), status => status.Silos.Length == count && status.Silos.All(silo => silo.Devices.Length > 0));

    /// <summary>Writes a spec file into the cluster's folder and submits it.</summary>
    public async Task Submit(string name, string spec)
    {
        var path = folder[name + ".yaml"];
        await File.WriteAllTextAsync(path, spec);
        var read = SpecFile.Load(path);
        Assert.Empty(read.Problems);
        await Grains.GetGrain<IExperimentGrain>(name).Submit(read.Spec!);
    }

    /// <summary>Waits until the experiment's status is as expected.</summary>
    public async Task<ExperimentStatus> Until(string experiment, string expected, Func<ExperimentStatus, bool> isThere) =>
        (await Wait.Until($"{experiment} {expected}", () => Grains.GetGrain<IExperimentGrain>(experiment).GetStatus(), status => status is not null && isThere(status)))!;

    public Task<ExperimentStatus> Finished(string experiment) =>
        Until(experiment, "is finished", status => status.State == ExperimentState.Finished);

    /// <summary>The finished trials of a study in order of their numbers; asks again where a silo that was just killed held the study.</summary>
    public Task<IReadOnlyList<TrialRecord>> Trials(string experiment, int study = 0) => Wait.Until<IReadOnlyList<TrialRecord>>(
        $"the trials of {experiment}'s study {study}",
        async () =>
        {
            var all = new List<TrialRecord>();
            while (await Grains.GetGrain<IExperimentGrain>(experiment).GetTrials(study, all.Count, 200) is { IsEmpty: false } page)
                all.AddRange(page);
            return [.. all.OrderBy(trial => trial.Id.Number)];
        },
        _ => true);

    /// <summary>What an experiment's total budget has granted and spent.</summary>
    public Task<Balance> Balance(string experiment) =>
        Wait.Until<Balance>($"the balance of {experiment}", () => Grains.GetGrain<IBudgetGrain>(experiment).GetBalance(), _ => true);

    /// <summary>The silo that runs a trial; null when that is none of the living ones.</summary>
    public NolaProcess? SiloOf(RunningTrial trial)
    {
        // S127.0.0.1:37743:154541526 cpu
        if (trial.Place.Split(':') is not [var address, var port, _])
            return null;
        return Silos.FirstOrDefault(silo => silo.Output.Contains($"ready: silo {address[1..]}:{port} ", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        if (client is not null)
            await client.DisposeAsync();
        foreach (var silo in Silos)
            await silo.DisposeAsync();
        await Redis.DisposeAsync();
    }
}
