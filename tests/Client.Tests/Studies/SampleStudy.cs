using Nola.Client.Studies;
using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Core.Trials;

namespace Nola.Client.Tests.Studies;

/// <summary>A search over a parameter of every kind, two seeds, with trials that ended in every way and some in flight.</summary>
internal static class SampleStudy
{
    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static StudyRecord Build(int sets = 12)
    {
        var spec = new StudySpec
        {
            Experiment = "sweep",
            Index = 0,
            Task = "sequence-classification",
            Model = new PretrainedModel { Id = "nola-mini", Path = "/models/nola-mini" },
            Dataset = new() { Id = "notes", Train = ["/data/notes.csv"] },
            Method = new LoraMethod { Id = "lora" },
            Seeds = [0, 1],
            Objective = new("macro-f1", Direction.Maximize),
            Search = new()
            {
                Sampler = "tpe",
                Space = new([
                    new("lora.rank", new Choices([8, 16, 32])),
                    new("optimizer", new Choices(["adamw", "sgd"])),
                    new("momentum", new FloatRange(0, 1, Step: 0.25), new("optimizer", ["sgd"])),
                    new("learningRate", new FloatRange(1e-5, 1e-2, Log: true)),
                    new("batchSize", new IntegerRange(4, 64, Log: true)),
                    new("layers", new IntegerRange(2, 8, Step: 2)),
                ]),
            },
        };
        return new()
        {
            Spec = spec,
            Title = "sweep",
            Trials = [.. Enumerable.Range(0, sets * 2).Select(number => Trial(number))],
            Running =
            [
                new() { Id = new("sweep", 0, sets * 2), Study = spec.Name, Parameters = Parameters(sets), Seed = 0, PlannedAt = Begin.AddMinutes(sets * 2), Place = "S10.0.0.7:11111:1 cpu" },
                new() { Id = new("sweep", 0, sets * 2 + 1), Study = spec.Name, Parameters = Parameters(sets), Seed = 1, PlannedAt = Begin.AddMinutes(sets * 2) },
            ],
        };
    }

    private static TrialRecord Trial(int number)
    {
        var set = number / 2;
        var value = Math.Round(0.8 - 0.02 * Math.Pow(Math.Log10(Parameters(set)["learningRate"].AsNumber()) + 3.5, 2) + 0.003 * (set % 3) - 0.001 * (number % 2), 6);
        Outcome outcome = set switch { 3 => new Pruned(20), 5 when number % 2 == 1 => new Failed("the disk is full"), 7 => new Diverged(3), 9 => new OutOfBudget("perTrial.time = 60 s"), 11 => new Cancelled(), _ => new Completed() };
        var steps = outcome is Pruned ? 2 : outcome is Diverged or Failed or Cancelled ? 0 : 3;
        var measurements = Enumerable.Range(1, steps).Select(step => new Measurement
        {
            Step = step * 10, TrainingTime = TimeSpan.FromSeconds(step * 5), Metrics = ImmutableSortedDictionary<string, double>.Empty.Add("macro-f1", Math.Round(value * step / 3, 6)).Add("loss", Math.Round(1.0 / step, 6)),
        }).ToImmutableArray();
        var ended = outcome is Completed or OutOfBudget;
        return new()
        {
            Id = new("sweep", 0, number),
            Seed = number % 2,
            Parameters = Parameters(set),
            Result = new()
            {
                Outcome = outcome,
                Objective = ended ? value : null,
                Best = measurements.LastOrDefault(),
                Metrics = ended ? ImmutableSortedDictionary<string, double>.Empty.Add("macro-f1", value - 0.01).Add("accuracy", 1) : ImmutableSortedDictionary<string, double>.Empty,
                Parameters = ended ? new(1000 * Parameters(set)["lora.rank"].AsInteger(), 900, 4_000_000) : null,
                Artifacts = ended ? $"/artifacts/sweep/0/{number}" : null,
            },
            Measurements = measurements,
            TotalUsage = new() { TrainingTime = TimeSpan.FromSeconds(steps * 5) },
            Place = "S10.0.0.7:11111:1 cpu",
            StartedAt = Begin.AddMinutes(number / 2 * 2),
            EndedAt = Begin.AddMinutes(number / 2 * 2 + 1).AddSeconds(number % 2 * 30.25),
        };
    }

    private static ImmutableSortedDictionary<string, ParameterValue> Parameters(int set)
    {
        var parameters = ImmutableSortedDictionary<string, ParameterValue>.Empty
            .Add("lora.rank", new[] { 8, 16, 32 }[set % 3])
            .Add("optimizer", set % 2 == 0 ? "adamw" : "sgd")
            .Add("learningRate", set == 0 ? 1e-3 : Math.Round(Math.Pow(10, -5 + set * 7 % 12 / 4.0), 9))
            .Add("batchSize", 4 << (set % 5))
            .Add("layers", 2 + 2 * (set % 4));
        return set % 2 == 0 ? parameters : parameters.Add("momentum", 0.25 * (set % 4));
    }
}
