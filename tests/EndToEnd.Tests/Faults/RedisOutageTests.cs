using Nola.EndToEnd.Tests.Harness;

namespace Nola.EndToEnd.Tests.Faults;

/// <summary>The store of a cluster goes away for a while.</summary>
public sealed class RedisOutageTests : IDisposable
{
    private const int Many = 100;
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(30);

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task RedisIsFrozenAndThenKilled_TrainingGoesOnAndNothingIsLostOrDoubled()
    {
        var undisturbed = await Undisturbed.Run;
        await using var cluster = await SiloCluster.Start(folder, 2, "cpu:" + TinySpec.Slots);
        await cluster.Submit("tiny", await File.ReadAllTextAsync(TinySpec.Write(cluster.Folder, Undisturbed.Seeds, parallelism: 2)));
        await cluster.Until("tiny", "has two trials past a checkpoint", _ => Checkpoints.NewestStep(cluster.Artifacts, "tiny/0/0") > 0 && Checkpoints.NewestStep(cluster.Artifacts, "tiny/0/1") > 0);
        await BeginMany(cluster, "frozen");

        Signals.Send(cluster.Redis.ProcessId, Signal.Stop);
        var outage = Task.Delay(Outage, TestContext.Current.CancellationToken);
        await Checkpoints.EndsTraining(cluster.Artifacts, "tiny/0/0");
        await Checkpoints.EndsTraining(cluster.Artifacts, "tiny/0/1");
        await outage;
        Signals.Send(cluster.Redis.ProcessId, Signal.Continue);

        await cluster.Finished("tiny");
        var trials = await cluster.Trials("tiny");
        Exactly.OnceEach(Undisturbed.Seeds, trials);
        Assert.All(trials, undisturbed.AssertSame);
        Assert.All(trials, trial => Assert.Equal(1, trial.Attempts));
        await EndMany(cluster, "frozen");

        await BeginMany(cluster, "killed");
        await cluster.Redis.Kill();
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        await cluster.Redis.StartAgain();
        await EndMany(cluster, "killed");
    }

    private static async Task BeginMany(SiloCluster cluster, string name)
    {
        await cluster.Submit(name, FunctionSpec.Text(name, Many, parallelism: 10, "1s"));
        await cluster.Until(name, "has ended trials", now => now.Counts.Total is > 0 and < Many);
    }

    private static async Task EndMany(SiloCluster cluster, string name)
    {
        var status = await cluster.Finished(name);
        Assert.Equal((Many, Many), (status.Counts.Completed, status.Counts.Total));
        Exactly.OnceEach(Many, await cluster.Trials(name));
    }
}
