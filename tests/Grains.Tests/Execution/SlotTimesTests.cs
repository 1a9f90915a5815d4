using Microsoft.Extensions.Time.Testing;
using Nola.Core.Devices;
using Nola.Grains.Execution;

namespace Nola.Grains.Tests.Execution;

public class SlotTimesTests
{
    [Fact]
    public void Of_AttemptsThatShareASlot_DividesItsTime()
    {
        var time = new FakeTimeProvider();
        var times = new SlotTimes(time);
        var (first, second, elsewhere) = (Lease(0, 0), Lease(1, 0), Lease(2, 1));

        var a = times.Enter(first);
        var c = times.Enter(elsewhere);
        time.Advance(TimeSpan.FromSeconds(10));
        var b = times.Enter(second);
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(TimeSpan.FromSeconds(12), times.Of(first, a));
        times.Leave(first, a);
        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(TimeSpan.FromSeconds(12), times.Of(first, a));
        Assert.Equal(TimeSpan.FromSeconds(7), times.Of(second, b));
        Assert.Equal(TimeSpan.FromSeconds(19), times.Of(elsewhere, c));
    }

    private static Lease Lease(int number, int slot) => new() { Trial = new("a", 0, number), Epoch = number, Silo = "silo", Device = "cpu", Slot = slot };
}
