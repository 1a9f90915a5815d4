using Nola.Contracts;
using Nola.Core.Experiments;

namespace Nola.Silo.Tests.Hosting;

public sealed class FileLoggerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-log-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Log_DiskIsFull_SiloRunsAnyway()
    {
        await using var silo = await EmbeddedSilo.Start(EmbeddedSilo.In(folder) with { Devices = [], LogFile = "/dev/full", LogLevel = Microsoft.Extensions.Logging.LogLevel.Debug });
        await silo.Grains.GetGrain<IExperimentGrain>("a").Submit(new ExperimentSpec
        {
            Name = "a",
            Task = "function",
            Models = [new NoModel { Id = "none" }],
            Methods = [new FunctionMethod { Id = "sphere", Function = "sphere" }],
            Objective = new("value", Direction.Minimize),
            Needs = new() { Slot = Nola.Core.Devices.SlotKind.Light },
        });

        Assert.Equal(1, (await silo.WaitFor("a", now => now.State == ExperimentState.Finished, "finished")).Counts.Completed);
    }
}
