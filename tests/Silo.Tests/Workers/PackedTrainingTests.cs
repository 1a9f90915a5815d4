using System.Collections.Immutable;
using Nola.Contracts;
using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Core.Trials;

namespace Nola.Silo.Tests.Workers;

/// <summary>Real trials that share a worker process.</summary>
public sealed class PackedTrainingTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-packed-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Submit_FourPackedTrials_EndAsUnpackedOnesAndShareTheSlotsTime()
    {
        await using var silo = await EmbeddedSilo.Start(folder);
        var alone = await Run(silo, "alone", pack: 1, epochs: 12);
        var packed = await Run(silo, "packed", pack: 4, epochs: 12);

        Assert.Equal([new Completed(), new Completed(), new Pruned(36)], alone.Take(3).Select(trial => trial.Result.Outcome));
        Assert.IsType<Failed>(alone[3].Result.Outcome);
        AssertEqual(alone, packed);
        Assert.True(packed.Max(trial => trial.StartedAt) < packed.Min(trial => trial.EndedAt), "the trials did not run at once");
        var held = packed.Aggregate(TimeSpan.Zero, (sum, trial) => sum + trial.TotalUsage.DeviceTime);
        Assert.True(held <= (packed.Max(trial => trial.EndedAt) - packed.Min(trial => trial.StartedAt)) * 1.05, $"one slot was held for {held}");
    }

    [Fact]
    public async Task KillWorker_InMidPack_CostsEachTrialOneAttemptAndNothingElse()
    {
        await using var silo = await EmbeddedSilo.Start(folder);
        var undisturbed = await Run(silo, "undisturbed", pack: 2, epochs: 80, trials: 2);
        var killed = await Run(silo, "killed", pack: 2, epochs: 80, trials: 2, () => OwnWorkers.Kill(silo));

        AssertEqual(undisturbed, killed);
        Assert.All(killed, trial => Assert.Equal(2, trial.Attempts));
        Assert.All(killed, trial => Assert.True(trial.Result.ResumedFromStep > 0, "an attempt began at the beginning"));
    }

    // Two ranks, a learning rate too small to learn, which the pruner sees, and texts longer than the model's.
    private async Task<TrialRecord[]> Run(EmbeddedSilo silo, string name, int pack, double epochs, int trials = 4, Action? afterCheckpoints = null)
    {
        var experiment = silo.Grains.GetGrain<IExperimentGrain>(name);
        var spec = TinyExperiment.Spec(folder, name, epochs);
        var rate = 1 / epochs; // what trains for long must not learn by leaps, or rounding shows
        await experiment.Submit(spec with
        {
            Methods = [new LoraMethod { Id = "lora", Targets = [LayerTargets.AllLinear] }],
            Training = spec.Training with { CheckpointEvery = TimeSpan.FromSeconds(0.05) },
            Needs = new() { Pack = pack },
            Search = new()
            {
                Pruner = trials > 2 ? "threshold" : null,
                PrunerOptions = ImmutableSortedDictionary<string, ParameterValue>.Empty.Add("low", 0.6).Add("warmupSteps", 33),
                Trials = trials,
                Enqueue = [.. new (int Rank, double Rate, int Length)[] { (4, rate / 8, 32), (8, rate / 4, 32), (4, 1e-9, 32), (4, rate / 8, 1000) }.Take(trials).Select(point =>
                    ImmutableSortedDictionary<string, ParameterValue>.Empty.Add("lora.rank", point.Rank).Add("learningRate", point.Rate).Add("maxLength", point.Length))],
                Space = new([new("lora.rank", new Choices([4, 8])), new("learningRate", new Choices([1e-9, rate / 8, rate / 4])), new("maxLength", new Choices([32, 1000]))]),
            },
        });
        if (afterCheckpoints is not null)
        {
            await silo.WaitFor(name, _ => Directory.Exists(Path.Combine(folder, "artifacts", name)) && Directory.EnumerateFiles(Path.Combine(folder, "artifacts", name), "*.checkpoint", SearchOption.AllDirectories)
                .Select(file => Path.GetDirectoryName(file)).Distinct().Count() == trials, "training past the checkpoints of all");
            afterCheckpoints();
        }

        await silo.WaitFor(name, now => now.State == ExperimentState.Finished, "finished");
        return [.. (await experiment.GetTrials(0, 0, 10)).OrderBy(trial => trial.Id.Number)];
    }

    private static void AssertEqual(TrialRecord[] expected, TrialRecord[] actual)
    {
        foreach (var (one, other) in expected.Zip(actual))
        {
            Assert.Equal(one.Parameters, other.Parameters);
            Assert.Equal(one.Result.Outcome, other.Result.Outcome);
            Assert.Equal(one.Measurements.Select(measurement => measurement.Step), other.Measurements.Select(measurement => measurement.Step));
            foreach (var (before, after) in one.Measurements.Zip(other.Measurements))
                Assert.Equal(before.Metrics["loss"], after.Metrics["loss"], 1e-4);
            Assert.Equal(one.Result.Metrics.GetValueOrDefault("loss"), other.Result.Metrics.GetValueOrDefault("loss"), 1e-4);
        }
    }
}
