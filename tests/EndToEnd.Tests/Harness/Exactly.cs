using Nola.Core.Trials;

namespace Nola.EndToEnd.Tests.Harness;

/// <summary>Asserts what no fault may change.</summary>
internal static class Exactly
{
    /// <summary>Every planned trial of a study ended, and each once.</summary>
    public static void OnceEach(int planned, IReadOnlyList<TrialRecord> trials)
    {
        Assert.Equal(Enumerable.Range(0, planned), trials.Select(trial => trial.Id.Number).Order());
        Assert.All(trials, trial => Assert.Equal(new Completed(), trial.Result.Outcome));
    }

    /// <summary>The last attempt began at a checkpoint and made the steps from there to the end, none of them twice.</summary>
    public static void WentOnFromACheckpoint(TrialRecord trial)
    {
        Assert.True(trial.Result.ResumedFromStep > 0, $"{trial.Id} began at the beginning again");
        Assert.Equal(TinySpec.Steps, trial.Result.ResumedFromStep + trial.Result.Usage.Steps);
    }
}
