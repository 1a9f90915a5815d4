using Nola.Contracts;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Grains.Placement;
using Nola.Silo.Hosting;
using Nola.Silo.Storage;
using Nola.Testing.Processes;

namespace Nola.Silo.Tests.Placement;

/// <summary>Three silos over one Redis: who keeps experiments and who runs trials.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-roles-").FullName;
    private readonly List<EmbeddedSilo> silos = [];
    private RedisServer redis = null!;

    public async ValueTask InitializeAsync() => redis = await RedisServer.Start();

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in silos)
            await silo.DisposeAsync();
        await redis.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Submit_ControlAndTwoWorkers_ExperimentsOnControlTrialsOnWorkers()
    {
        var control = await Start(SiloRole.Control);
        var workers = new[] { await Start(SiloRole.Worker), await Start(SiloRole.Worker) };
        await workers[0].Grains.GetGrain<IExperimentGrain>("roles").Submit(Spec());

        await workers[0].WaitFor("roles", now => now.Counts.Total >= 300, "past 300 trials");
        var places = await control.Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        await workers[1].WaitFor("roles", now => now.State == ExperimentState.Finished, "finished");

        var where = places.ToLookup(place => place.SiloAddress, place => place.GrainId.Type.ToString());
        string[] kept = ["nola.experiment", "nola.study", "nola.scheduler", "nola.catalog"];
        Assert.Empty(kept.Except(where[Address(control)]));
        foreach (var worker in workers)
        {
            Assert.Contains("nola.trial", where[Address(worker)]);
            Assert.Empty(where[Address(worker)].Intersect(kept));
        }

        Assert.DoesNotContain("nola.trial", where[Address(control)]);
        // A trial ran where its lease said.
        var records = await workers[0].Grains.GetGrain<IExperimentGrain>("roles").GetTrials(0, 0, 1000);
        Assert.Equal(600, records.Length);
        Assert.Equal(workers.Select(worker => $"{Address(worker)} light").Order(), records.Select(record => record.Place).Distinct().Order());
        var status = await workers[0].Grains.GetGrain<IClusterGrain>(0).GetStatus();
        Assert.Equal(3, status.Silos.Length);
        Assert.Empty(status.Silos.Single(silo => silo.Silo == Address(control).ToString()).Devices);
    }

    [Fact]
    public async Task Ask_WorkerHasJustJoined_NewExperimentsStayOnControl()
    {
        var control = await Start(SiloRole.Control);
        var first = await Start(SiloRole.Worker);
        var second = await Start(SiloRole.Worker);

        // The first has perhaps not heard yet that the second is a worker.
        var asked = from silo in new[] { first, second }
                    from number in Enumerable.Range(0, 40)
                    select silo.Grains.GetGrain<IExperimentGrain>($"roles-{Address(silo).Endpoint.Port}-{number}").GetStatus();
        await Task.WhenAll(asked);

        var places = await control.Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        var experiments = places.Where(place => place.GrainId.Type.ToString() == "nola.experiment").CountBy(place => place.SiloAddress);
        Assert.Equal([new(Address(control), 80)], experiments);
    }

    [Fact]
    public async Task Submit_WorkersAlone_KeepExperimentsThemselves()
    {
        var worker = await Start(SiloRole.Worker);
        await worker.Grains.GetGrain<IExperimentGrain>("roles").Submit(Spec());

        var status = await worker.WaitFor("roles", now => now.State == ExperimentState.Finished, "finished");

        Assert.Equal(600, status.Counts.Completed);
    }

    private static SiloAddress Address(EmbeddedSilo silo) => ((ILocalSiloDetails)silo.Services.GetService(typeof(ILocalSiloDetails))!).SiloAddress;

    private async Task<EmbeddedSilo> Start(SiloRole role)
    {
        var silo = await EmbeddedSilo.Start(EmbeddedSilo.In(folder) with
        {
            Storage = StorageOptions.Parse(redis.Address),
            Devices = [],
            Role = role,
            LogFile = Path.Combine(folder, $"silo-{silos.Count}.log"),
        });
        silos.Add(silo);
        return silo;
    }

    private static ExperimentSpec Spec() => new()
    {
        Name = "roles",
        Task = "function",
        Models = [new NoModel { Id = "none" }],
        Methods = [new FunctionMethod { Id = "sphere", Function = "sphere", Duration = TimeSpan.FromSeconds(1) }],
        Objective = new("value", Direction.Minimize),
        Seeds = [.. Enumerable.Range(0, 600)],
        Needs = new() { Slot = Nola.Core.Devices.SlotKind.Light },
    };
}
