using Nola.EndToEnd.Tests.Harness;

namespace Nola.EndToEnd.Tests.Faults;

/// <summary>The store of a cluster goes away for a while.</summary>
public sealed class RedisOutageTests : IDisposable
{
    private const int Many = 400;
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(30);

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task RedisIsFrozenAndThenKilled_TrainingGoesOnAndNothingIsLostOrDoubled()
    {
        var undisturbed = await Undisturbed.Run;
        await using var cluster = await SiloCluster.Start(folder, 2, "cpu:" + TinySpec.Slots);
        await cluster.Submit("many", FunctionSpec.Text("many", Many, parallelism: 10, "1s"));
        await cluster.Submit("tiny", await File.ReadAllTextAsync(TinySpec.Write(cluster.Folder, Undisturbed.Seeds, parallelism: 2)));
        await cluster.Until("tiny", "has two trials past a checkpoint", _ => Checkpoints.NewestStep(cluster.Artifacts, "tiny/0/0") > 0 && Checkpoints.NewestStep(cluster.Artifacts, "tiny/0/1") > 0, 120);

        Signals.Send(cluster.Redis.ProcessId, Signal.Stop);
        var outage = Task.Delay(Outage, TestContext.Current.CancellationToken);
        await Checkpoints.EndsTraining(cluster.Artifacts, "tiny/0/0");
        await Checkpoints.EndsTraining(cluster.Artifacts, "tiny/0/1");
        await outage;
        Signals.Send(cluster.Redis.ProcessId, Signal.Continue);

        var status = await cluster.Finished("tiny", 120);
        var trials = await cluster.Trials("tiny");
        Exactly.OnceEach(Undisturbed.Seeds, trials);
        Assert.All(trials, undisturbed.AssertSame);
        Assert.All(trials, trial => Assert.Equal(1, trial.Attempts));

        // The next one comes while half of the others are still to run.
        var ended = (await cluster.Until("many", "has begun again", now => now.Counts.Total > 0, 60)).Counts.Total;
        Assert.True(ended < Many, "all trials ended before Redis was killed");
        await cluster.Redis.Kill();
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        await cluster.Redis.StartAgain();

        status = await cluster.Finished("many", 180);
        Assert.Equal((Many, Many), (status.Counts.Completed, status.Counts.Total));
        Exactly.OnceEach(Many, await cluster.Trials("many"));
    }
}
