using Nola.Core.Experiments;
using Nola.Core.Trials;

namespace Nola.Client.Tests.Views;

/// <summary>An experiment under way: three studies, two trials running, one waiting, budgets.</summary>
internal static class SampleStatus
{
    public static ExperimentStatus Running => new()
    {
        Id = "quickstart",
        State = ExperimentState.Running,
        Elapsed = TimeSpan.FromSeconds(83),
        Objective = new("macro-f1", Direction.Maximize),
        Studies =
        [
            new() { Index = 0, Name = "nola-mini / clinical-notes / full", Planned = 2, Counts = new() { Completed = 1, Failed = 1 }, Best = 0.8123, BestTrial = 0, IsDone = true },
            new() { Index = 1, Name = "nola-mini / clinical-notes / lora", Planned = 2, Counts = new() { Completed = 1 }, Running = 1, Best = 0.7501, BestTrial = 0 },
            new() { Index = 2, Name = "nola-mini / clinical-notes / ia3", Planned = 2, Running = 2 },
        ],
        Running =
        [
            new()
            {
                Id = new("quickstart", 1, 1), Study = "nola-mini / clinical-notes / lora", Place = "S127.0.0.1:39241:154541315 cpu", Attempt = 2, Best = 0.8222,
                Progress = new() { Phase = "training", Step = 240, PlannedSteps = 400, Loss = 0.53212, SamplesPerSecond = 310.4, Spent = new() { Steps = 200, TrainingTime = TimeSpan.FromSeconds(20) } },
            },
            new() { Id = new("quickstart", 2, 0), Study = "nola-mini / clinical-notes / ia3", Place = "S10.0.0.7:11111:154541315 cuda:1", Progress = new() { Phase = "loading" } },
            new() { Id = new("quickstart", 2, 1), Study = "nola-mini / clinical-notes / ia3" },
        ],
        Budget = new()
        {
            Caps = new() { DeviceTime = TimeSpan.FromHours(1), Cost = 2m, Trials = 6, WallClock = TimeSpan.FromMinutes(90) },
            Spent = new() { TrainingTime = TimeSpan.FromMinutes(15) }, TrialsStarted = 5, Cost = 0.51m, Currency = "GBP",
        },
    };

    /// <summary>The same after a pause: trials in flight have given up their places.</summary>
    public static ExperimentStatus Paused => Running with
    {
        State = ExperimentState.Paused,
        Running = [.. Running.Running.Select(trial => trial with { Place = "", Progress = null })],
    };

    /// <summary>A hundred studies and as many trials in flight.</summary>
    public static ExperimentStatus Wide => Running with
    {
        Studies = [.. Enumerable.Range(0, 100).Select(index => new StudyStatus { Index = index, Name = $"nola-mini / clinical-notes / lora / {index + 8} per class", Planned = 1, Running = 1 })],
        Running = [.. Enumerable.Range(0, 100).Select(index => Running.Running[0] with { Id = new("quickstart", index, 0), Attempt = 1 })],
    };

    public static TrialRecord Ended(int study, int number, Outcome outcome, double? value = null) => new()
    {
        Id = new("quickstart", study, number),
        Seed = number,
        Result = new() { Outcome = outcome, Objective = value },
        TotalUsage = new() { TrainingTime = TimeSpan.FromSeconds(12) },
        Place = "S127.0.0.1:39241:154541315 cpu",
    };
}
