using Microsoft.Extensions.DependencyInjection;
using Nola.Contracts;
using Nola.Core.Budgets;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Grains.Budgets;
using Nola.Grains.Tests.Harness;

namespace Nola.Grains.Tests.Experiments;

public class PauseTests
{
    private static readonly TotalBudget Hour = new() { DeviceTime = TimeSpan.FromHours(1) };

    [Fact]
    public async Task Pause_WithABudget_SpendsOnlyWhatWasUsed()
    {
        await using var engine = await TestEngine.Start();
        await engine.Experiment("a").Submit(TestEngine.Spec("a", 16, 8, duration: TimeSpan.FromSeconds(2)) with { TotalBudget = Hour });
        await engine.Until("a", status => status.Running.Count(trial => trial.Progress?.Step >= 2) == 8);

        await engine.Experiment("a").Pause();
        await engine.Until("a", status => status.Running.All(trial => trial.Place.Length == 0));
        var balance = await engine.Cluster.Client.GetGrain<IBudgetGrain>("a").GetBalance();

        Assert.Equal(TimeSpan.Zero, balance.Granted.TrainingTime);
        Assert.InRange(balance.Spent.TrainingTime, TimeSpan.FromSeconds(8 * 0.2), TimeSpan.FromSeconds(8 * 2));
        await engine.Experiment("a").Resume();
        var status = await engine.Finished("a");
        Assert.Equal((16, 16), (status.Counts.Completed, status.Counts.Total));
        // What was paused went on where it was.
        Assert.All(await engine.Trials("a"), trial => Assert.Equal(TimeSpan.FromSeconds(2), trial.TotalUsage.TrainingTime));
        balance = await engine.Cluster.Client.GetGrain<IBudgetGrain>("a").GetBalance();
        Assert.Equal(status.Budget.Spent.TrainingTime, balance.Spent.TrainingTime);
        Assert.All(await engine.Trials("a"), trial => Assert.Equal(1, trial.Attempts));
    }

    [Fact]
    public async Task Cancel_WithABudget_NothingStaysGranted()
    {
        await using var engine = await TestEngine.Start();
        await engine.Experiment("a").Submit(TestEngine.Spec("a", 16, 8, duration: TimeSpan.FromMinutes(2)) with { TotalBudget = Hour });
        await engine.Until("a", status => status.Running.Count(trial => trial.Progress is not null) == 8);

        await engine.Experiment("a").Cancel();
        var balance = await engine.Cluster.Client.GetGrain<IBudgetGrain>("a").GetBalance();

        Assert.Equal(Amount.Zero, balance.Granted);
        Assert.InRange(balance.Spent.TrainingTime, TimeSpan.Zero, TimeSpan.FromSeconds(8 * 30));
        await engine.Until("a", status => status.Budget.GrantedTrainingTime == TimeSpan.Zero && status.Counts.Cancelled == 8);
    }

    [Fact]
    public async Task Silo_IsKilledInAPause_ItsTrialsWaitForTheResumption()
    {
        var runner = new StubbornRunner();
        await using var engine = await TestEngine.Start(
            3, options => options.Devices = [Hosting.NolaGrainsOptions.LightDevice with { Slots = 4 }], silo => silo.Services.AddSingleton<ITrialRunner>(runner), new FaultyStorage());
        await engine.Experiment("a").Submit(TestEngine.Spec("a", 8, 8));
        await engine.Until("a", _ => runner.Started == 8);

        await engine.Experiment("a").Pause();
        var cluster = engine.Cluster.Client.GetGrain<IClusterGrain>(0);
        var scheduler = await engine.Cluster.Client.GetGrain<IManagementGrain>(0).GetActivationAddress(cluster);
        var holder = (await cluster.GetStatus()).Silos.First(silo => silo.Leases.Length > 0 && silo.Silo != scheduler!.ToString());
        await engine.Cluster.KillSiloAsync(engine.Cluster.Silos.First(silo => silo.SiloAddress.ToString() == holder.Silo));
        await engine.Until("a", async _ => (await cluster.GetStatus()).Silos.Length == 2);

        // Slots are free, so what was queued again would have been leased in the same moment.
        Assert.Equal(8 - holder.Leases.Length, (await cluster.GetStatus()).Silos.Sum(silo => silo.Leases.Length));
        Assert.Equal(8, runner.Started);
        runner.Release();
        await engine.Experiment("a").Resume();
        var status = await engine.Finished("a");
        Assert.Equal((8, 8), (status.Counts.Completed, status.Counts.Total));
    }
}
