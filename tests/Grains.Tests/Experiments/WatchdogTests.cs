using Microsoft.Extensions.DependencyInjection;
using Nola.Core.Experiments;
using Nola.Grains.Tests.Harness;

namespace Nola.Grains.Tests.Experiments;

public class WatchdogTests
{
    [Fact]
    public async Task Experiment_OnAClusterWithReminders_HasOneWhileItRuns()
    {
        await using var engine = await TestEngine.Start(more: silo => silo.UseInMemoryReminderService());
        var experiment = engine.Experiment("a");
        var table = engine.Cluster.Silos[0].ServiceProvider.GetRequiredService<IReminderTable>();

        await experiment.Submit(TestEngine.Spec("a", 4, 2, duration: TimeSpan.FromSeconds(1)));
        var set = Assert.Single((await table.ReadRows(experiment.GetGrainId())).Reminders);
        await experiment.Pause();
        var paused = (await table.ReadRows(experiment.GetGrainId())).Reminders.Count;
        await experiment.Resume();
        await engine.Cluster.Client.GetGrain<IRemindable>(experiment.GetGrainId()).ReceiveReminder(set.ReminderName, default);
        var status = await engine.Finished("a");

        Assert.Equal(("watchdog", TimeSpan.FromMinutes(1), 0), (set.ReminderName, set.Period, paused));
        Assert.Equal(4, status.Counts.Completed);
        await engine.Until("a", async _ => (await table.ReadRows(experiment.GetGrainId())).Reminders.Count == 0);
    }

    [Fact]
    public async Task Submission_IsInterruptedBeforeItIsStored_LeavesNothingInTheCatalog()
    {
        var store = new FaultyStorage(seed: 1);
        await using var engine = await TestEngine.Start(store: store);
        var catalog = engine.Cluster.Client.GetGrain<Contracts.ICatalogGrain>(0);
        await catalog.Note(new("ghost", ExperimentState.Queued, DateTimeOffset.UnixEpoch, null));

        await engine.Experiment("a").Submit(TestEngine.Spec("a", 1));

        await engine.Until("a", async _ => (await catalog.List()).Select(entry => entry.Id).SequenceEqual(["a"]));
    }
}
