using Nola.Core.Trials;
using Nola.EndToEnd.Tests.Harness;

namespace Nola.EndToEnd.Tests.Faults;

/// <summary>The pruner that pauses trials, with trials that train.</summary>
public sealed class PausingTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task PausedTrial_IsPromoted_GoesOnFromItsCheckpoint()
    {
        var spec = TinySpec.Write(
            folder.Path, 1, more: "search: { sampler: qmc, trials: 4, pruner: { pausing-halving: { leastSteps: 220, factor: 2 } }, space: { learningRate: { low: 1e-4, high: 3e-3, log: true } } }");
        await NolaProcess.Run(0, "run", spec, "--store", folder["store"], "--slots", TinySpec.Slots, "--json");

        var trials = await Results.Trials("tiny", 0, "--store", folder["store"]);
        Assert.Equal(4, trials.Count);
        Assert.All(trials, trial => Assert.Equal(1, trial.Attempts));
        var whole = trials.Where(trial => trial.Result.Outcome is Completed).ToArray();
        Assert.Equal(2, whole.Length);
        Assert.All(trials.Except(whole), trial => Assert.Equal(new Pruned(trial.Measurements[^1].Step), trial.Result.Outcome));
        // Nothing is trained twice and nothing left out.
        Assert.All(whole, trial => Assert.Equal(whole[0].TotalUsage.Steps, trial.TotalUsage.Steps));
        Assert.Contains(whole, trial => trial.Result.ResumedFromStep >= 220);
    }
}
