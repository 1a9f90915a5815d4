using Microsoft.Extensions.DependencyInjection;
using Nola.Contracts;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Silo.Health;
using Nola.Silo.Workers;

namespace Nola.Silo.Tests.Workers;

public sealed class DeviceTestTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-devices-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Start_WorkerCannotTrain_OffersNoDeviceAndSaysWhy()
    {
        var program = Path.Combine(folder, "nowhere", "Nola.Worker.dll");
        await using var silo = await EmbeddedSilo.Start(EmbeddedSilo.In(folder) with { Name = "one", Workers = new WorkerSettings { Program = program } });

        var sentence = $"No trials train on cpu: There is no worker program {program}; build src/Worker, or let NOLA_WORKER name Nola.Worker.dll.";
        Assert.Equal(sentence, silo.Services.GetRequiredService<SiloHealth>().Notice);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        ClusterStatus status;
        do
            status = await silo.Grains.GetGrain<IClusterGrain>(0).GetStatus();
        while (status.Silos.Length == 0 && await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken));
        Assert.Equal((sentence, "light"), (status.Silos[0].Notice, Assert.Single(status.Silos[0].Devices).Id));

        var refused = await Assert.ThrowsAsync<SubmissionRefusedException>(() => silo.Grains.GetGrain<IExperimentGrain>("a").Submit(new ExperimentSpec
        {
            Name = "a",
            Task = "sequence-classification",
            Models = [new PretrainedModel { Id = "tiny", Path = folder }],
            Methods = [new FullMethod { Id = "full" }],
            Objective = new("macro-f1", Direction.Maximize),
        }));
        Assert.EndsWith($"Silo one: {sentence}", refused.Message, StringComparison.Ordinal);
    }
}
