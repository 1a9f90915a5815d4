using Nola.Core.Trials;
using Nola.Grains.Tests.Harness;

namespace Nola.Grains.Tests.Experiments;

public class WallClockTests
{
    [Fact]
    public async Task WallClockCap_Reached_EndsRunningTrialsOutOfBudget()
    {
        await using var engine = await TestEngine.Start();
        await engine.Experiment("a").Submit(
            TestEngine.Spec("a", 100, 4, duration: TimeSpan.FromMinutes(10)) with { TotalBudget = new() { WallClock = TimeSpan.FromSeconds(1) } });

        var status = await engine.Finished("a");

        Assert.Equal((4, 4), (status.Counts.OutOfBudget, status.Counts.Total));
        Assert.Equal("Ended by total.wallClock = 1 s; the trials not started are not counted.", status.Notice);
        Assert.All(await engine.Trials("a"), trial => Assert.Equal(new OutOfBudget("total.wallClock = 1 s"), trial.Result.Outcome));
    }
}
