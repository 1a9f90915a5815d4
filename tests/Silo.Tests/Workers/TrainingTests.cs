using Microsoft.Extensions.Time.Testing;
using Nola.Contracts;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Silo.Workers;

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
        await experiment.Submit(TinyExperiment.Spec(folder, "tiny", epochs: 4));

        var status = await silo.WaitFor("tiny", now => now.State == ExperimentState.Finished, "finished");

        foreach (var study in status.Studies)
        {
            var trial = Assert.Single(await experiment.GetTrials(study.Index, 0, 10));
            Assert.Equal(new Completed(), trial.Result.Outcome);
            Assert.InRange(trial.Result.Metrics["accuracy"], 0.4, 1);
            Assert.NotNull(trial.Result.Parameters);
        }
    }

    [Fact]
    public async Task Worker_HasTheAllocatorThatTheMachineHas()
    {
        await using var silo = await EmbeddedSilo.Start(folder);
        await TinyExperiment.RunOneTrial(silo, folder, "one");

        Assert.NotNull(PreferredAllocator.Path); // test.sh installs libtcmalloc-minimal4
        Assert.Contains(PreferredAllocator.Path, Assert.Single(OwnWorkers.Libraries(silo)));
    }

    [Fact]
    public async Task KillWorker_InMidTrial_ContinuesAndEndsWithTheSameMetrics()
    {
        await using var silo = await EmbeddedSilo.Start(folder);
        var undisturbed = await TinyExperiment.RunOneTrial(silo, folder, "undisturbed");
        var killed = await TinyExperiment.RunOneTrial(silo, folder, "killed", () => OwnWorkers.Kill(silo));

        Assert.Equal(2, killed.Attempts);
        Assert.True(killed.Result.ResumedFromStep > 0, "the new attempt began at the beginning");
        Assert.Equal(undisturbed.Result.Metrics, killed.Result.Metrics);
        Assert.Equal(1, undisturbed.Attempts);
    }

    [Fact]
    public async Task HangingWorker_IsKilledAndTheTrialContinues()
    {
        var time = new FakeTimeProvider();
        await using var silo = await EmbeddedSilo.Start(EmbeddedSilo.In(folder) with { Workers = new() { Time = time } });

        var trial = await TinyExperiment.RunOneTrial(silo, folder, "hanging", () => OwnWorkers.FreezeUntilKilled(silo, () => time.Advance(TimeSpan.FromMinutes(11))));

        Assert.Equal(new Completed(), trial.Result.Outcome);
        Assert.Equal(2, trial.Attempts);
        Assert.True(trial.Result.ResumedFromStep > 0, "the new attempt began at the beginning");
    }

    [Fact]
    public async Task WorkerOverItsMemoryLimit_FailsTheTrialAndNotTheSilo()
    {
        await using var silo = await EmbeddedSilo.Start(EmbeddedSilo.In(folder) with { Workers = new() { MemoryLimit = 100 << 20 } });

        var failed = await TinyExperiment.RunOneTrial(silo, folder, "large");

        var reason = Assert.IsType<Failed>(failed.Result.Outcome).Reason;
        Assert.Matches(@"^it used 0\.\d GiB of memory, and the slot's limit is 0\.1 GiB; use a smaller batch or model$", reason);
        var function = new ExperimentSpec { Name = "next", Task = "function", Methods = [new FunctionMethod { Id = "constant", Function = "constant" }], Objective = new("value", Direction.Minimize) };
        await silo.Grains.GetGrain<IExperimentGrain>("next").Submit(function);
        await silo.WaitFor("next", now => now.State == ExperimentState.Finished, "finished");
    }

    [Fact]
    public async Task WorkerKilledAgainAndAgain_FailsWithTheLastReason()
    {
        await using var silo = await EmbeddedSilo.Start(folder);
        var experiment = silo.Grains.GetGrain<IExperimentGrain>("doomed");
        await experiment.Submit(TinyExperiment.Spec(folder, "doomed", epochs: 100_000) with { Methods = [new FullMethod { Id = "full" }], Retries = new() { LostAttempts = 1 } });

        await silo.WaitFor(
            "doomed",
            now =>
            {
                OwnWorkers.Kill(silo);
                return now.State == ExperimentState.Finished;
            },
            "finished");

        var trial = Assert.Single(await experiment.GetTrials(0, 0, 10));
        Assert.Contains("lost 2 times; the last time: the worker", Assert.IsType<Failed>(trial.Result.Outcome).Reason, StringComparison.OrdinalIgnoreCase);
    }
}
