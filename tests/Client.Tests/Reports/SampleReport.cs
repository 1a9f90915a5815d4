using Nola.Core.Budgets;
using Nola.Core.Experiments;
using Nola.Core.Reports;
using Nola.Core.Searching;
using Nola.Core.Trials;

namespace Nola.Client.Tests.Reports;

/// <summary>Two datasets, three methods, two seeds: trials that completed, ran out of budget, failed and diverged, on two machines.</summary>
internal static class SampleReport
{
    private static readonly Objective MacroF1 = new("macro-f1", Direction.Maximize);

    public static ExperimentSpec Spec => new()
    {
        Name = "clinical",
        Task = "sequence-classification",
        Models = [new PretrainedModel { Id = "nola-mini", Path = "/models/nola-mini", Sha256 = new string('a', 64) }],
        Datasets = [Dataset("notes"), Dataset("triage")],
        Methods = [new FullMethod { Id = "full" }, new LoraMethod { Id = "lora" }, new Ia3Method { Id = "ia3" }],
        Seeds = [0, 1],
        Objective = MacroF1,
        Rates = new() { Currency = "GBP", TrainingPerHour = 2.0396m, InferencePerHour = 1.9851m },
        TotalBudget = new() { DeviceTime = TimeSpan.FromHours(2), Cost = 20m },
        Search = new() { Trials = 1, Seed = 7, Space = new([]) },
        SourceText = "name: clinical\n",
    };

    public static ExperimentStatus Status => new()
    {
        Id = "clinical",
        State = ExperimentState.Finished,
        Objective = MacroF1,
        SubmittedAt = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
        EndedAt = new(2026, 3, 1, 13, 5, 0, TimeSpan.Zero),
        Elapsed = TimeSpan.FromMinutes(65),
        Software = "Nola 0.1.0, .NET 10.0.1",
        Studies = [.. Matrix.Expand(Spec, "clinical").Select(study => new StudyStatus { Index = study.Index, Name = study.Name, Planned = 2 })],
    };

    public static Report Build() => ReportBuilder.Build(Spec, Status,
    [
        [Trial(0, 0, 0.8123, 400, 4_386_178, 4_386_178), Trial(0, 1, 0.8023, 420, 4_386_178, 4_386_178)],
        [Trial(1, 0, 0.8051, 120, 41_480, 4_427_658, peft: 36_864), Trial(1, 1, 0.8211, 110, 41_480, 4_427_658, peft: 36_864)],
        [Trial(2, 0, 0.7011, 90.5, 10_760, 4_396_938, peft: 6_144), Trial(2, 1, 0.7001, 88, 10_760, 4_396_938, peft: 6_144)],
        [Trial(3, 0, 0.4, 300, 4_386_178, 4_386_178, new OutOfBudget("perTrial.time = 300 s")), Trial(3, 1, 0.44, 300, 4_386_178, 4_386_178, new OutOfBudget("perTrial.time = 300 s"))],
        [Ended(4, 0, new Failed("the file /data/triage.csv cannot be read | it is gone")), Trial(4, 1, 0.41, 100, 41_480, 4_427_658, peft: 36_864)],
        [Ended(5, 0, new Diverged(17)), Ended(5, 1, new Cancelled())],
    ]);

    public static TrialRecord Trial(int study, int seed, double value, double seconds, long trainable, long total, Outcome? outcome = null, long? peft = null)
    {
        var usage = new Usage
        {
            TrainingTime = TimeSpan.FromSeconds(seconds), InferenceTime = TimeSpan.FromSeconds(10), DeviceTime = TimeSpan.FromSeconds(seconds + 12), Samples = 36_000, Steps = 1125, Tokens = 2_000_000,
        };
        return Ended(study, seed, outcome ?? new Completed()) with
        {
            Parameters = ImmutableSortedDictionary<string, ParameterValue>.Empty.Add("learningRate", 3e-4),
            Result = new()
            {
                Outcome = outcome ?? new Completed(),
                Objective = value + 0.01,
                Metrics = ImmutableSortedDictionary<string, double>.Empty.Add("macro-f1", value).Add("accuracy", value + 0.02).Add("loss", 1 - value),
                Best = new() { Step = 1000, TrainingTime = TimeSpan.FromSeconds(seconds * 0.8) },
                Usage = usage,
                Parameters = new(trainable, peft ?? trainable, total),
                PeakMemory = 700L << 20,
                Environment = new()
                {
                    Device = seed == 0 ? "cpu 2 cores" : "cuda:0 NVIDIA H100", Threads = 2, Nola = "0.1.0", TorchSharp = "0.107.0", LibTorch = "2.10.0", DotNet = ".NET 10.0.1", System = "Linux X64",
                },
            },
            TotalUsage = usage,
        };
    }

    private static TrialRecord Ended(int study, int seed, Outcome outcome) => new()
    {
        Id = new("clinical", study, seed),
        Seed = seed,
        Result = new() { Outcome = outcome },
        Place = "S10.0.0.7:11111:154541397 cpu",
    };

    private static DatasetSpec Dataset(string id) => new()
    {
        Id = id,
        Train = [$"/data/{id}.csv"],
        Test = [$"/data/{id}-test.csv"],
        Sha256 = ImmutableSortedDictionary<string, string>.Empty.Add($"/data/{id}.csv", new string('b', 64)).Add($"/data/{id}-test.csv", new string('c', 64)),
    };
}
