using Nola.EndToEnd.Tests.Harness;

namespace Nola.EndToEnd.Tests.Faults;

/// <summary>Silos and workers are killed at random, one after another, while three experiments run.</summary>
public sealed class StormTests : IDisposable
{
    private const int Kills = 50, TrialsBetweenKills = 10, Many = (Kills + 5) * TrialsBetweenKills;

    private static readonly TimeSpan Cap = TimeSpan.FromSeconds(60);

    private readonly Random random = new(50);
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task FiftyKills_OfSilosAndWorkers_EveryTrialEndsOnceAndNoBudgetIsOverspent()
    {
        var undisturbed = await Undisturbed.Run;
        await using var cluster = await SiloCluster.Start(folder, 3, "cpu:" + TinySpec.Slots);
        string[] methods = ["a", "b", "c", "d"];
        await cluster.Submit("many", FunctionSpec.Text("many", Many, parallelism: 20, "2s"));
        await cluster.Submit("capped", FunctionSpec.Text("capped", 1000, parallelism: 6, "1s", $"budget: {{ total: {{ deviceTime: {Cap.TotalSeconds:0}s }} }}"));
        await cluster.Submit("tiny", await File.ReadAllTextAsync(TinySpec.Write(
            cluster.Folder, Undisturbed.Seeds, parallelism: 6, methods: $"[{string.Join(", ", methods.Select(id => $"{{ full: {{ id: {id} }} }}"))}]", more: "retries: 1000")));

        var silos = 0;
        Task<NolaProcess>? replacement = null;
        for (var kill = 1; kill <= Kills; kill++)
        {
            await cluster.Until("many", $"goes on after {kill - 1} kills", status => status.Counts.Total >= kill * TrialsBetweenKills);
            // Where no worker is left, because training is over, another silo brings one.
            var workers = cluster.Silos.SelectMany(silo => silo.Workers).ToArray();
            if (random.Next(5) > 0 && workers.Length > 0)
            {
                Signals.Send(workers[random.Next(workers.Length)], Signal.Kill);
                continue;
            }

            // Two at least are ready at any time, so that some slot is always there; they need not know of each other's death yet.
            if (replacement is not null)
                await replacement;
            var silo = cluster.Silos[random.Next(cluster.Silos.Count)];
            await cluster.Kill(silo);
            replacement = cluster.StartSilo();
            silos++;
        }

        var many = await cluster.Finished("many");
        var tiny = await cluster.Finished("tiny");
        var capped = await cluster.Finished("capped");

        TestContext.Current.TestOutputHelper?.WriteLine($"{silos} silos and {Kills - silos} workers were killed");
        Assert.Equal((Many, Many), (many.Counts.Completed, many.Counts.Total));
        Exactly.OnceEach(Many, await cluster.Trials("many"));
        Assert.Equal(methods.Length * Undisturbed.Seeds, tiny.Counts.Total);
        for (var study = 0; study < methods.Length; study++)
        {
            var trials = await cluster.Trials("tiny", study);
            Exactly.OnceEach(Undisturbed.Seeds, trials);
            Assert.All(trials, undisturbed.AssertSame);
        }

        var balance = await cluster.Balance("capped");
        var ended = await cluster.Trials("capped");
        Assert.Equal(Enumerable.Range(0, ended.Count), ended.Select(trial => trial.Id.Number));
        Assert.Equal(TimeSpan.Zero, balance.Granted.TrainingTime);
        Assert.InRange(balance.Spent.TrainingTime, Cap / 2, Cap);
        Assert.InRange(capped.Budget.Spent.TrainingTime, TimeSpan.FromSeconds(1), balance.Spent.TrainingTime);
    }
}
