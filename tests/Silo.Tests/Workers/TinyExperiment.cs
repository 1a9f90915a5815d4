using Nola.Contracts;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Testing.Models;

namespace Nola.Silo.Tests.Workers;

/// <summary>Experiments that train in seconds, with their model and data in one folder.</summary>
internal static class TinyExperiment
{
    /// <summary>Full, LoRA and IA3 on 64 notes of two classes.</summary>
    public static ExperimentSpec Spec(string folder, string name, double epochs) => new()
    {
        Name = name,
        Task = "sequence-classification",
        Models = [new PretrainedModel { Id = "tiny", Path = TinyModel.Write(Path.Combine(folder, "model")) }],
        Datasets =
        [
            new DatasetSpec
            {
                Id = "notes",
                Train = [TinyModel.WriteNotes(Path.Combine(folder, "train.csv"), 64)],
                Test = [TinyModel.WriteNotes(Path.Combine(folder, "test.csv"), 32)],
            },
        ],
        Methods = [new FullMethod { Id = "full" }, new LoraMethod { Id = "lora" }, new Ia3Method { Id = "ia3" }],
        Objective = new("macro-f1", Direction.Maximize),
        Training = new() { Epochs = epochs, BatchSize = 16, MaxLength = 32, LearningRate = 1e-3, CheckpointEvery = TimeSpan.FromSeconds(0.2) },
    };

    /// <summary>Runs one trial of full fine-tuning and does something to it once it has saved a checkpoint.</summary>
    public static async Task<TrialRecord> RunOneTrial(EmbeddedSilo silo, string folder, string name, Action? afterCheckpoint = null)
    {
        var experiment = silo.Grains.GetGrain<IExperimentGrain>(name);
        await experiment.Submit(Spec(folder, name, epochs: 150) with { Methods = [new FullMethod { Id = "full" }] });
        if (afterCheckpoint is not null)
        {
            await silo.WaitFor(name, _ => HasCheckpoint(folder, name), "training past a checkpoint");
            afterCheckpoint();
        }

        await silo.WaitFor(name, now => now.State == ExperimentState.Finished, "finished");
        return Assert.Single(await experiment.GetTrials(0, 0, 10));
    }

    private static bool HasCheckpoint(string folder, string name) =>
        Directory.EnumerateFiles(folder, "*.checkpoint", SearchOption.AllDirectories).Any(file => file.Contains($"/{name}/", StringComparison.Ordinal));
}
