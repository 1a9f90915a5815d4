using Nola.Contracts;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Core.Trials;
using Nola.Grains.Hosting;
using Nola.Grains.Placement;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Nola.Grains.Tests.Harness;

/// <summary>The engine on silos in this process, with storage in memory.</summary>
internal sealed class TestEngine : IAsyncDisposable
{
    private readonly string artifacts;

    private TestEngine(InProcessTestCluster cluster, string artifacts) => (Cluster, this.artifacts) = (cluster, artifacts);

    public InProcessTestCluster Cluster { get; }

    public static async Task<TestEngine> Start(short silos = 1, Action<NolaGrainsOptions>? configure = null, Action<ISiloBuilder>? more = null, FaultyStorage? store = null)
    {
        // Whatever outlives a crash in the store does so in its folder of artifacts, too.
        var artifacts = store?.Artifacts ?? Directory.CreateTempSubdirectory("nola-artifacts-").FullName;
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            if (store is null)
                silo.AddMemoryGrainStorageAsDefault();
            else
                silo.Services.AddKeyedSingleton<IGrainStorage>("Default", store).AddSingleton<IGrainStorage>(store);
            silo.Configure<ClusterMembershipOptions>(options =>
            {
                options.ProbeTimeout = TimeSpan.FromSeconds(1);
                options.NumMissedProbesLimit = 2;
                options.NumVotesForDeathDeclaration = 1;
            });
            silo.AddNolaGrains(SiloRole.All, options =>
            {
                options.ReportPeriod = TimeSpan.FromMilliseconds(200);
                options.ArtifactFolder = artifacts;
                configure?.Invoke(options);
            });
            more?.Invoke(silo);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new(cluster, store is null ? artifacts : "");
    }

    public IExperimentGrain Experiment(string id) => Cluster.Client.GetGrain<IExperimentGrain>(id);

    public static ExperimentSpec Spec(string name, int trials, int? parallelism = null, string function = "sphere", TimeSpan duration = default, string sampler = "random") => new()
    {
        Name = name,
        Task = "function",
        Methods = [new FunctionMethod { Id = function, Function = function, Duration = duration }],
        Objective = new("value", Direction.Minimize),
        Parallelism = parallelism,
        Needs = new() { Slot = SlotKind.Light },
        Search = new()
        {
            Sampler = sampler,
            Trials = trials,
            Space = new([new("x", new FloatRange(-5, 5)), new("y", new IntegerRange(1, 10))]),
        },
    };

    /// <summary>Waits until the experiment is in one of the states; fails with its status otherwise.</summary>
    public Task<ExperimentStatus> Until(string id, Func<ExperimentStatus, bool> condition, int seconds = 60) => Until(id, status => Task.FromResult(condition(status)), seconds);

    /// <summary>Waits until the condition holds; fails with the experiment's status otherwise. A status that a dying silo does not give is asked for again.</summary>
    public async Task<ExperimentStatus> Until(string id, Func<ExperimentStatus, Task<bool>> condition, int seconds = 60)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        ExperimentStatus? status = null;
        while (!timeout.IsCancellationRequested)
        {
            try
            {
                status = await Experiment(id).GetStatus();
                if (status is not null && await condition(status))
                    return status;
            }
            catch (Exception exception) when (exception is OrleansException or TimeoutException or IOException)
            {
                // Injected, or of a silo that is being killed.
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        Assert.Fail($"Experiment {id} did not get there in {seconds} s: {status?.State}, {status?.Counts}, running {status?.Running.Length}, notice {status?.Notice}.");
        return null!;
    }

    public Task<ExperimentStatus> Finished(string id, int seconds = 60) => Until(id, status => status.State == ExperimentState.Finished, seconds);

    public async Task<List<TrialRecord>> Trials(string id, int study = 0)
    {
        var all = new List<TrialRecord>();
        while (await Experiment(id).GetTrials(study, all.Count, 100) is { IsEmpty: false } page)
            all.AddRange(page);
        return all;
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        if (artifacts.Length > 0)
            Directory.Delete(artifacts, recursive: true);
    }
}
