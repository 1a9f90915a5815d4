using Nola.EndToEnd.Tests.Harness;
using Nola.Testing.Processes;

namespace Nola.EndToEnd.Tests.Faults;

/// <summary>The disk with the store, the artifacts and the log is full for a while.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly SmallDisk? disk;

    public FullDiskTests() => disk = SmallDisk.TryMount(folder.Path, megabytes: 24);

    public void Dispose()
    {
        disk?.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task DiskIsFull_WhileManyTrialsRun_EachEndsOnceWhenThereIsRoomAgain()
    {
        Assert.SkipWhen(disk is null, "Only root may mount a small file system.");
        const int Trials = 150;
        var spec = folder["many.yaml"];
        await File.WriteAllTextAsync(spec, FunctionSpec.Text("many", Trials, parallelism: 8, "1s", "budget: { total: { deviceTime: 10m } }"));
        var store = Path.Combine(disk.Path, "store");
        await using var nola = NolaProcess.Start("run", spec, "--store", store, "--plain");
        await nola.Says("completed");

        await FillUntilItSays(nola);
        await nola.Exits(0);

        var trials = await Results.Trials("many", 0, "--store", store);
        Exactly.OnceEach(Trials, trials);
    }

    [Fact]
    public async Task DiskIsFull_InMidTraining_TrialsEndWithTheSameMetricsWhenThereIsRoomAgain()
    {
        Assert.SkipWhen(disk is null, "Only root may mount a small file system.");
        var undisturbed = await Undisturbed.Run;
        var store = Path.Combine(disk.Path, "store");
        await using var nola = NolaProcess.Start("run", TinySpec.Write(folder.Path, Undisturbed.Seeds), "--store", store, "--slots", TinySpec.Slots, "--json");
        await Checkpoints.Appear(store, "tiny/0/0");

        await FillUntilItSays(nola);
        await nola.Exits(0);

        Assert.Equal(undisturbed.Report, Results.WithoutTimes(nola.Output));
        var trials = await Results.Trials("tiny", 0, "--store", store);
        Exactly.OnceEach(Undisturbed.Seeds, trials);
        Assert.All(trials, undisturbed.AssertSame);
        // A full disk is not a lost worker.
        Assert.All(trials, trial => Assert.Equal(1, trial.Attempts));
    }

    // Then there is room again.
    private async Task FillUntilItSays(NolaProcess nola)
    {
        var filler = Path.Combine(disk!.Path, "filler");
        disk.Fill(filler);
        Assert.Contains("database or disk is full", await nola.Says("Results wait to be stored"), StringComparison.Ordinal);
        File.Delete(filler);
    }
}
