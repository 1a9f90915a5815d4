using System.Globalization;
using Nola.Testing.Models;

namespace Nola.EndToEnd.Tests.Harness;

/// <summary>A spec file with a few seconds of real training per trial, a checkpoint every 0.2 s, and a trial per seed, one after another.</summary>
internal static class TinySpec
{
    /// <summary>Passes over the data that a trial makes.</summary>
    private const int Epochs = 100;

    /// <summary>Optimizer steps of such a trial: 64 samples in batches of 16, or a few fewer where some are held out for validation.</summary>
    public const int Steps = 4 * Epochs;

    /// <summary>
    /// As many slots as there are cores give each worker one thread: where other work shares the cores, one thread is several times as fast as two
    /// that wait for each other. Metrics depend on the number of threads, so all tests take this one.
    /// </summary>
    public static string Slots { get; } = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes model, data and spec into a folder, and returns the spec's path.</summary>
    public static string Write(string folder, int seeds, int parallelism = 1, string methods = "full", string more = "")
    {
        Directory.CreateDirectory(folder);
        TinyModel.Write(Path.Combine(folder, "model"));
        TinyModel.WriteNotes(Path.Combine(folder, "train.csv"), 64);
        TinyModel.WriteNotes(Path.Combine(folder, "test.csv"), 32);
        var path = Path.Combine(folder, "tiny.yaml");
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $$"""
            name: tiny
            task: sequence-classification
            models: { id: tiny, path: model }
            datasets: { id: notes, train: train.csv, test: test.csv, text: text, label: label }
            methods: {{methods}}
            seeds: [{{string.Join(", ", Enumerable.Range(0, seeds))}}]
            training: { epochs: {{Epochs}}, batchSize: 16, maxLength: 32, learningRate: 1e-3, checkpointEvery: 200ms, evaluateEvery: 20 }
            parallelism: {{parallelism}}
            {{more}}
            """));
        return path;
    }
}
