using System.Diagnostics;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.EndToEnd.Tests.Harness;

namespace Nola.EndToEnd.Tests.Faults;

/// <summary>Three silos over Redis, and SIGKILL to one of them.</summary>
public sealed class SiloTests : IDisposable
{
    // The benchmark measures with care; here only a recovery that does not work would show.
    private static readonly TimeSpan LongestRecovery = TimeSpan.FromSeconds(30);

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task KillSilo_WithSchedulerAndTrials_TheyTrainOnElsewhereWithTheSameMetrics()
    {
        var undisturbed = await Undisturbed.Run;
        await using var cluster = await SiloCluster.Start(folder, 3, "cpu:" + TinySpec.Slots);
        var spec = TinySpec.Write(cluster.Folder, Undisturbed.Seeds, parallelism: Undisturbed.Seeds, more: "budget: { total: { deviceTime: 30m } }");
        await using var run = NolaProcess.Start("run", spec, "--json", "--cluster", cluster.Redis.Address);
        var doomed = cluster.Silos[0];
        var before = await cluster.Until("tiny", "trains on the first silo past checkpoints", status => On(doomed, status) is { Length: > 0 } there && there.All(HasCheckpoint));
        var lost = On(doomed, before);

        await cluster.Kill(doomed);
        var clock = Stopwatch.StartNew();
        await cluster.Until(
            "tiny", $"trains {string.Join(", ", lost)} again",
            status => lost.All(id => status.Running.All(trial => trial.Id != id) || status.Running.Single(trial => trial.Id == id) is { Attempt: 2, Progress.Spent.Steps: > 0 }));
        var recovery = clock.Elapsed;
        var status = await cluster.Finished("tiny");

        TestContext.Current.TestOutputHelper?.WriteLine($"{lost.Length} trials trained again after {recovery.TotalSeconds:0.0} s");
        Assert.True(recovery < LongestRecovery, $"the trials trained again after {recovery}");
        var trials = await cluster.Trials("tiny");
        Exactly.OnceEach(Undisturbed.Seeds, trials);
        Assert.Equal(Undisturbed.Seeds, status.Counts.Completed);
        Assert.All(trials, undisturbed.AssertSame);
        foreach (var trial in trials)
        {
            Assert.Equal(lost.Contains(trial.Id) ? 2 : 1, trial.Attempts);
            if (lost.Contains(trial.Id))
                Exactly.WentOnFromACheckpoint(trial);
        }

        // Whoever watched has seen it through.
        await run.Exits(0);
        Assert.Equal(undisturbed.Report, Results.WithoutTimes(run.Output));

        TrialId[] On(NolaProcess silo, ExperimentStatus status) => [.. status.Running.Where(trial => cluster.SiloOf(trial) == silo).Select(trial => trial.Id)];

        bool HasCheckpoint(TrialId trial) => Checkpoints.NewestStep(cluster.Artifacts, trial.ToString()) > 0;
    }
}
