using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Grains.Tests.Harness;

namespace Nola.Grains.Tests.Scheduling;

/// <summary>Trials of one study share slots; those of other studies and experiments get theirs all the same.</summary>
public class PackingTests
{
    [Fact]
    public async Task Submit_PackedStudies_ShareSlotsAmongTheirOwnTrials()
    {
        var runner = new Counting();
        await using var engine = await Start(runner, slots: 2);
        await engine.Experiment("packed").Submit(Spec("packed", trials: 24, pack: 3, new LoraMethod { Id = "lora" }, new Ia3Method { Id = "ia3" }));
        await engine.Finished("packed");

        Assert.Equal(3, runner.MostInASlot);
        Assert.Equal(1, runner.MostStudiesInASlot);
        Assert.Equal(24, (await engine.Trials("packed")).Concat(await engine.Trials("packed", 1)).Count(trial => trial.Result.Outcome == new Completed()));
    }

    [Fact]
    public async Task Submit_MethodsWithoutAFrozenBase_ShareNothing()
    {
        var runner = new Counting();
        await using var engine = await Start(runner, slots: 1);
        await engine.Experiment("alone").Submit(Spec("alone", trials: 6, pack: 3, new FullMethod { Id = "full" }, new LoraMethod { Id = "dora", Dora = true }));
        await engine.Finished("alone");

        Assert.Equal(1, runner.MostInASlot);
    }

    [Fact]
    public async Task SecondExperiment_WaitsForASlot_GetsOneBeforeThePackedOneEnds()
    {
        await using var engine = await Start(new Counting(), slots: 2);
        await engine.Experiment("packed").Submit(Spec("packed", trials: 400, pack: 4, new LoraMethod { Id = "lora" }) with { Parallelism = 32 });
        await engine.Until("packed", status => status.Counts.Total >= 4);

        await engine.Experiment("other").Submit(Spec("other", trials: 2, pack: 1, new LoraMethod { Id = "lora" }));
        await engine.Finished("other");

        Assert.InRange((await engine.Experiment("packed").GetStatus())!.Counts.Total, 4, 200);
        await engine.Experiment("packed").Cancel();
    }

    private static Task<TestEngine> Start(Counting runner, int slots) => TestEngine.Start(
        1, options => options.Devices = [new Device { Id = "cpu", Kind = DeviceKind.Cpu, Slots = slots }], silo => silo.Services.AddSingleton<ITrialRunner>(runner));

    private static ExperimentSpec Spec(string name, int trials, int pack, params ImmutableArray<MethodSpec> methods) => new()
    {
        Name = name,
        Task = "sequence-classification",
        Models = [new PretrainedModel { Id = "model", Path = "model" }],
        Datasets = [new() { Id = "data" }],
        Methods = methods,
        Seeds = [.. Enumerable.Range(0, trials / methods.Length)],
        Objective = new("macro-f1", Direction.Maximize),
        Needs = new() { Pack = pack },
    };

    // Trains nothing; knows who was in which slot at once.
    private sealed class Counting : ITrialRunner
    {
        private readonly ConcurrentDictionary<int, List<TrialId>> slots = new();
        private readonly TaskCompletionSource full = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Kind => RunnerKinds.Training;

        public int MostInASlot { get; private set; }

        public int MostStudiesInASlot { get; private set; }

        public async Task<RunResult> Run(TrialAttempt attempt, ITrialReporter reporter, CancellationToken stop)
        {
            var slot = slots.GetOrAdd(attempt.Lease.Slot, _ => []);
            lock (slots)
            {
                slot.Add(attempt.Trial.Id);
                MostInASlot = Math.Max(MostInASlot, slot.Count);
                MostStudiesInASlot = Math.Max(MostStudiesInASlot, slot.DistinctBy(trial => trial.Study).Count());
                if (slot.Count == attempt.Pack)
                    full.TrySetResult();
            }

            // The first ones stay until a slot is full; then each takes a moment.
            await full.Task.WaitAsync(TimeSpan.FromSeconds(20), stop);
            await Task.Delay(TimeSpan.FromMilliseconds(20 + (attempt.Trial.Id.Number % 4 * 10)), stop); // so that they do not all end at once
            lock (slots)
                slot.Remove(attempt.Trial.Id);
            return new() { Outcome = new Completed(), Objective = attempt.Trial.Id.Number };
        }
    }
}
