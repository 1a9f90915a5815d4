using Nola.EndToEnd.Tests.Harness;

namespace Nola.EndToEnd.Tests.Faults;

/// <summary>Ctrl-C in <c>nola run</c>.</summary>
public sealed class InterruptionTests : IDisposable
{
    private const int Interrupted = 130;

    // A checkpoint takes a moment; nola gives up waiting for one after a minute.
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(45);

    private readonly TempFolder folder = new();

    private string Store => folder["store"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Interrupt_InMidTrial_SavesACheckpointAndResumeReportsTheSame()
    {
        var undisturbed = await Undisturbed.Run;
        await using var nola = NolaProcess.Start("run", TinySpec.Write(folder.Path, Undisturbed.Seeds), "--store", Store, "--slots", TinySpec.Slots, "--json");
        var before = await Checkpoints.Appear(Store, "tiny/0/0");
        var workers = nola.Workers;

        nola.Send(Signal.Interrupt);
        await nola.Exits(Interrupted, LongestDrain);

        Assert.Contains("tiny is paused; go on with: nola resume tiny", nola.Errors, StringComparison.Ordinal);
        Assert.Empty(nola.Output);
        Assert.DoesNotContain(workers, ProcessTree.IsAlive);
        var saved = Checkpoints.NewestStep(folder["store/artifacts"], "tiny/0/0");
        Assert.True(saved > before, $"the newest checkpoint is of step {saved}, and there was one of step {before} before");
        var report = await NolaProcess.Run(0, "resume", "tiny", "--store", Store, "--slots", TinySpec.Slots, "--json");
        Assert.Equal(undisturbed.Report, Results.WithoutTimes(report));
        var trials = await Results.Trials("tiny", 0, "--store", Store);
        // A trial that was told to stop was not lost.
        Assert.Equal([1, 1, 1], trials.Select(trial => trial.Attempts));
        Assert.Equal(saved, trials[0].Result.ResumedFromStep);
        Assert.All(trials, undisturbed.AssertSame);
        Exactly.WentOnFromACheckpoint(trials[0]);
    }

    [Fact]
    public async Task InterruptAgain_WhileAWorkerDoesNotStop_EndsAtOnceAndResumeReportsTheSame()
    {
        var undisturbed = await Undisturbed.Run;
        await using var nola = NolaProcess.Start("run", TinySpec.Write(folder.Path, Undisturbed.Seeds), "--store", Store, "--slots", TinySpec.Slots, "--json");
        await Checkpoints.Appear(Store, "tiny/0/0");
        var workers = nola.Workers;
        foreach (var worker in workers)
            Signals.Send(worker, Signal.Stop);

        nola.Send(Signal.Interrupt);
        await nola.Says("Press Ctrl-C again to stop at once");
        nola.Send(Signal.Interrupt);
        await nola.Exits(Interrupted, TimeSpan.FromSeconds(10));

        foreach (var worker in workers)
            Signals.Send(worker, Signal.Continue);
        await Wait.Until("no worker is left behind", () => workers.Where(ProcessTree.IsAlive).ToArray(), alive => alive.Length == 0);
        var report = await NolaProcess.Run(0, "resume", "tiny", "--store", Store, "--slots", TinySpec.Slots, "--json");
        Assert.Equal(undisturbed.Report, Results.WithoutTimes(report));
        var trials = await Results.Trials("tiny", 0, "--store", Store);
        Assert.All(trials, undisturbed.AssertSame);
        Exactly.WentOnFromACheckpoint(trials[0]);
    }
}
