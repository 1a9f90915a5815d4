using System.Diagnostics;
using Nola.Contracts;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Testing.Models;

namespace Nola.Silo.Tests.Workers;

/// <summary>Real trials in real worker processes.</summary>
public sealed class TrainingTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-silo-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Submit_FullLoraAndIa3_TrainsAndEvaluates()
    {
        await using var silo = await EmbeddedSilo.Start(folder);
        var experiment = silo.Grains.GetGrain<IExperimentGrain>("tiny");
        await experiment.Submit(Spec("tiny", epochs: 4));

        var status = await silo.WaitFor("tiny", now => now.State == ExperimentState.Finished, "finished");

        foreach (var study in status.Studies)
            Assert.Equal(new Completed(), Assert.Single(await experiment.GetTrials(study.Index, 0, 10)).Result.Outcome);
        foreach (var study in status.Studies)
        {
            var trial = Assert.Single(await experiment.GetTrials(study.Index, 0, 10));
            Assert.InRange(trial.Result.Metrics["accuracy"], 0.4, 1);
            Assert.NotNull(trial.Result.Parameters);
        }
    }

    [Fact]
    public async Task KillWorker_InMidTrial_ContinuesAndEndsWithTheSameMetrics()
    {
        await using var silo = await EmbeddedSilo.Start(folder);
        var undisturbed = await Run(silo, "undisturbed", kill: false);
        var killed = await Run(silo, "killed", kill: true);

        Assert.Equal(2, killed.Attempts);
        Assert.True(killed.Result.ResumedFromStep > 0, "the new attempt began at the beginning");
        Assert.Equal(undisturbed.Result.Metrics, killed.Result.Metrics);
        Assert.Equal(1, undisturbed.Attempts);
    }

    private async Task<TrialRecord> Run(EmbeddedSilo silo, string name, bool kill)
    {
        var experiment = silo.Grains.GetGrain<IExperimentGrain>(name);
        await experiment.Submit(Spec(name, epochs: 150) with { Methods = [new FullMethod { Id = "full" }] });
        if (kill)
        {
            await silo.WaitFor(name, _ => HasCheckpoint(name), "training past a checkpoint");
            foreach (var worker in Workers())
                worker.Kill();
        }

        await silo.WaitFor(name, now => now.State == ExperimentState.Finished, "finished");
        return Assert.Single(await experiment.GetTrials(0, 0, 10));
    }

    private bool HasCheckpoint(string name) =>
        Directory.EnumerateFiles(folder, "*.checkpoint", SearchOption.AllDirectories).Any(file => file.Contains($"/{name}/", StringComparison.Ordinal));

    // The workers of this test process: dotnet children whose command line names the worker program.
    private static IEnumerable<Process> Workers() => Process.GetProcesses().Where(process =>
    {
        try
        {
            var status = File.ReadAllText($"/proc/{process.Id}/stat");
            return status[(status.LastIndexOf(')') + 2)..].Split(' ')[1] == Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)
                && File.ReadAllText($"/proc/{process.Id}/cmdline").Contains("Nola.Worker.dll", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // It has just ended.
        }
    });

    private ExperimentSpec Spec(string name, double epochs) => new()
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
}
