using Nola.Core.Experiments;
using Nola.Core.Devices;
using Nola.Core.Searching;
using Nola.Testing.Models;

namespace Nola.Benchmarks.Engine;

/// <summary>The experiments that benchmarks run.</summary>
internal static class Specs
{
    /// <summary>Trials that evaluate a constant: nothing but the engine's own work.</summary>
    public static ExperimentSpec Empty(string name, int trials, int parallelism) => new()
    {
        Name = name,
        Task = "function",
        Methods = [new FunctionMethod { Id = "constant", Function = "constant" }],
        Objective = new("value", Direction.Minimize),
        Parallelism = parallelism,
        Needs = new() { Slot = SlotKind.Light },
        Search = new() { Trials = trials, Space = new([new("x", new FloatRange(0, 1))]) },
    };

    /// <summary>LoRA on notes that a small model classifies, once per seed.</summary>
    /// <param name="name">The experiment's name.</param>
    /// <param name="folder">Where data, and the tiny model, are written.</param>
    /// <param name="model">Folder of the model; null for the tiny one of the tests.</param>
    /// <param name="trials">Number of seeds.</param>
    /// <param name="notes">Training samples.</param>
    /// <param name="epochs">Passes over them.</param>
    public static ExperimentSpec Training(string name, string folder, string? model, int trials, int notes, double epochs) => new()
    {
        Name = name,
        Task = "sequence-classification",
        Models = [new PretrainedModel { Id = "model", Path = model ?? TinyModel.Write(Path.Combine(folder, "tiny")) }],
        Datasets =
        [
            new DatasetSpec
            {
                Id = "notes",
                Train = [TinyModel.WriteNotes(Path.Combine(folder, $"{name}-train.csv"), notes)],
                Test = [TinyModel.WriteNotes(Path.Combine(folder, $"{name}-test.csv"), 32)],
            },
        ],
        Methods = [new LoraMethod { Id = "lora" }],
        Seeds = [.. Enumerable.Range(0, trials)],
        Objective = new("macro-f1", Direction.Maximize),
        Training = new() { Epochs = epochs, BatchSize = 16, MaxLength = 32, CheckpointEvery = TimeSpan.FromSeconds(1) },
    };
}
