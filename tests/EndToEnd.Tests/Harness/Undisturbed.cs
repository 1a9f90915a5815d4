using Nola.Core.Trials;

namespace Nola.EndToEnd.Tests.Harness;

/// <summary>What the trials of <see cref="TinySpec"/> come to when nothing goes wrong; computed once for all tests.</summary>
/// <param name="Report">The report, as <see cref="Results.WithoutTimes"/> leaves it.</param>
/// <param name="Trials">The trials, by seed.</param>
internal sealed record Undisturbed(string Report, IReadOnlyList<TrialRecord> Trials)
{
    /// <summary>Trials, with the seeds from 0.</summary>
    public const int Seeds = 3;

    private static readonly Lazy<Task<Undisturbed>> Once = new(Compute);

    /// <summary>The run.</summary>
    public static Task<Undisturbed> Run => Once.Value;

    /// <summary>Asserts that a trial ended with the very same metrics, to the last bit, and with the measurements on the way.</summary>
    public void AssertSame(TrialRecord trial)
    {
        var same = Trials[trial.Seed];
        Assert.Equal(new Completed(), trial.Result.Outcome);
        Assert.Equal(same.Result.Metrics, trial.Result.Metrics);
        Assert.Equal(same.Result.Objective, trial.Result.Objective);
        Assert.Equal(same.Measurements.Select(item => (item.Step, item.Metrics["loss"])), trial.Measurements.Select(item => (item.Step, item.Metrics["loss"])));
    }

    private static async Task<Undisturbed> Compute()
    {
        using var folder = new TempFolder();
        var report = await NolaProcess.Run(0, "run", TinySpec.Write(folder.Path, Seeds), "--store", folder["store"], "--slots", TinySpec.Slots, "--json");
        var trials = await Results.Trials("tiny", 0, "--store", folder["store"]);
        Assert.Equal(Seeds, trials.Count);
        Assert.All(trials, trial => Assert.Equal((1, 0, TinySpec.Steps), (trial.Attempts, trial.Result.ResumedFromStep, trial.Result.Usage.Steps)));
        return new(Results.WithoutTimes(report), trials);
    }
}
