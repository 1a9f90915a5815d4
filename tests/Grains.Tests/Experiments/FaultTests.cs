using Microsoft.Extensions.DependencyInjection;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Grains.Scheduling;
using Nola.Grains.Tests.Harness;
using Nola.Grains.Trials;

namespace Nola.Grains.Tests.Experiments;

public class FaultTests
{
    [Fact]
    public async Task Storage_FailsNowAndThen_EveryTrialEndsExactlyOnce()
    {
        var store = new FaultyStorage(seed: 7);
        var runner = new UnreliableRunner(8, 0.05);
        await using var engine = await TestEngine.Start(store: store, more: silo => silo.Services.AddSingleton<ITrialRunner>(runner));
        await engine.Experiment("a").Submit(TestEngine.Spec("a", 600, 32) with { Retries = new() { LostAttempts = 20 } });
        store.FailureRate = 0.02;

        var status = await engine.Finished("a", 120);

        Assert.True(store.Failures > 5, $"{store.Failures} failures");
        Assert.True(runner.Lost > 10, $"{runner.Lost} lost");
        Assert.Equal(600, status.Counts.Completed);
        Assert.Equal(600, status.Counts.Total);
        Assert.Equal(Enumerable.Range(0, 600), (await engine.Trials("a")).Select(trial => trial.Id.Number).Order());
    }

    [Fact]
    public async Task Silo_IsKilled_ItsTrialsRunElsewhereAndEndOnce()
    {
        var store = new FaultyStorage();
        await using var engine = await TestEngine.Start(3, options => options.Devices = [NolaLight(4)], store: store);
        await engine.Experiment("a").Submit(TestEngine.Spec("a", 60, 12, duration: TimeSpan.FromMilliseconds(600)));
        await engine.Until("a", status => status.Counts.Total >= 6);

        await engine.Cluster.KillSiloAsync(engine.Cluster.Silos[^1]);
        var status = await engine.Finished("a", 120);

        Assert.Equal((60, 60), (status.Counts.Completed, status.Counts.Total));
        Assert.Equal(Enumerable.Range(0, 60), (await engine.Trials("a")).Select(trial => trial.Id.Number).Order());
    }

    [Fact]
    public async Task Attempts_AreLostAgainAndAgain_TrialFailsAfterTheRetries()
    {
        await using var engine = await TestEngine.Start(more: silo => silo.Services.AddSingleton<ITrialRunner>(new UnreliableRunner(1, 1)));
        await engine.Experiment("a").Submit(TestEngine.Spec("a", 2, 1));

        var status = await engine.Finished("a");

        Assert.Equal(2, status.Counts.Failed);
        var trial = (await engine.Trials("a"))[0];
        Assert.Equal("lost 4 times; the last time: the worker died", Assert.IsType<Failed>(trial.Result.Outcome).Reason);
    }

    [Fact]
    public async Task StaleEpoch_Reports_AreToldToStopAndChangeNothing()
    {
        await using var engine = await TestEngine.Start();
        var id = new TrialId("x", 0, 0);
        var trial = engine.Cluster.Client.GetGrain<ITrialGrain>(id.ToString());
        var work = new TrialWork
        {
            Spec = new() { Id = id, Task = "function", Model = new NoModel { Id = "none" }, Method = new FunctionMethod { Id = "f", Function = "constant" }, Objective = new("value", Direction.Minimize) },
        };
        var old = new Lease { Trial = id, Epoch = 1, Silo = "s", Device = "light", Slot = 0 };
        Assert.True((await trial.Start(old, work)).MayRun);
        Assert.True((await trial.Start(old with { Epoch = 2 }, work)).MayRun);

        var better = new Measurement { Metrics = ImmutableSortedDictionary<string, double>.Empty.Add("value", 0.1) };
        Assert.Equal(DirectiveAction.Abandon, (await trial.Report(1, work, better)).Action);
        Assert.Equal(DirectiveAction.Abandon, (await trial.Progress(1, work, new())).Action);
        Assert.True(await trial.Finish(old, work, new() { Outcome = new Completed() }));
        await trial.Lose(1, work, "the worker died", Usage.None, Usage.None);
        await trial.GiveUp(1, work, Usage.None);
        Assert.False((await trial.Start(old, work)).MayRun);

        var glimpse = await trial.Describe();
        Assert.Equal(2, glimpse.Attempts);
        Assert.Null(glimpse.Best);
        Assert.Equal(DirectiveAction.Continue, (await trial.Report(2, work, better)).Action);
    }

    [Fact]
    public async Task Submit_StorageFailsAtAnyWrite_RepeatedSubmissionIsCompleted()
    {
        var store = new FaultyStorage(seed: 3);
        await using var engine = await TestEngine.Start(store: store);
        await engine.Experiment("warm").Submit(TestEngine.Spec("warm", 1));
        await engine.Finished("warm");
        store.FailureRate = 0.3;
        var ids = Enumerable.Range(0, 10).Select(number => $"e{number}").ToArray();
        foreach (var id in ids)
            await Insist(() => engine.Experiment(id).Submit(TestEngine.Spec(id, 3, 2)));
        store.FailureRate = 0;

        foreach (var id in ids)
            Assert.Equal(3, (await engine.Finished(id)).Counts.Completed);
    }

    private static async Task Insist(Func<Task> call)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await call();
                return;
            }
            catch (Exception exception) when (exception is not Contracts.SubmissionRefusedException && attempt < 50)
            {
                // The client tries again.
            }
        }
    }

    private static Device NolaLight(int slots) => Hosting.NolaGrainsOptions.LightDevice with { Slots = slots };
}
