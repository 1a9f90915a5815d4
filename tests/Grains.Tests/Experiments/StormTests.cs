using Microsoft.Extensions.DependencyInjection;
using Nola.Core.Trials;
using Nola.Grains.Tests.Harness;

namespace Nola.Grains.Tests.Experiments;

/// <summary>Everything fails at once: silos, storage and attempts.</summary>
public class StormTests
{
    [Fact]
    public async Task FiveThousandTrials_SilosKilledAtRandom_EndOnceEach()
    {
        const int Trials = 5000, Kills = 6;
        var store = new FaultyStorage(seed: 11);
        var runner = new UnreliableRunner(5, 0.01);
        await using var engine = await TestEngine.Start(3, store: store, more: silo => silo.Services.AddSingleton<ITrialRunner>(runner));
        await engine.Experiment("a").Submit(TestEngine.Spec("a", Trials, 64) with { Retries = new() { LostAttempts = 100 } });
        store.FailureRate = 0.002;

        var random = new Random(3);
        for (var kill = 1; kill <= Kills; kill++)
        {
            var next = kill * Trials / (Kills + 2);
            await engine.Until("a", status => status.Counts.Total >= next, 120);
            // One survivor keeps the client connected, as another machine would.
            await engine.Cluster.KillSiloAsync(engine.Cluster.Silos[random.Next(1, engine.Cluster.Silos.Count)]);
            await engine.Cluster.StartAdditionalSiloAsync();
        }

        var status = await engine.Finished("a", 240);
        Assert.True(store.Failures > 10, $"{store.Failures} failures");
        Assert.True(runner.Lost > 20, $"{runner.Lost} lost");
        Assert.Equal((Trials, Trials), (status.Counts.Completed, status.Counts.Total));
        Assert.Equal(Enumerable.Range(0, Trials), (await engine.Trials("a")).Select(trial => trial.Id.Number).Order());
    }
}
