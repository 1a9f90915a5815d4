using System.Net;
using Nola.Grains.Placement;

namespace Nola.Grains.Tests.Placement;

public sealed class AvoidRoleFilterTests
{
    [Theory]
    [InlineData("control worker", "control")]
    [InlineData("all control worker", "all control")]
    [InlineData("worker unknown control", "control")] // One that has just joined may be a worker.
    [InlineData("worker unknown", "unknown")]
    [InlineData("worker", "worker")]
    [InlineData("", "")]
    public void Filter_AvoidWorkers_TakesTheFittestThatAreThere(string silos, string taken) =>
        Assert.Equal(taken, Filter(SiloRole.Worker, silos));

    [Theory]
    [InlineData("control worker all", "worker all")]
    [InlineData("control unknown worker", "worker")]
    [InlineData("control", "control")]
    public void Filter_AvoidControl_TakesTheFittestThatAreThere(string silos, string taken) =>
        Assert.Equal(taken, Filter(SiloRole.Control, silos));

    private static string Filter(SiloRole avoided, string silos)
    {
        var roles = silos.Split(' ', StringSplitOptions.RemoveEmptyEntries).Index().ToDictionary(pair => SiloAddress.New(IPAddress.Loopback, 11111 + pair.Index, 1), pair => pair.Item);
        var filter = new AvoidRoleFilter(silo => Enum.TryParse<SiloRole>(roles[silo], ignoreCase: true, out var role) ? role : null, avoided);
        return string.Join(' ', filter.Filter(new NotOnWorkers(), default, roles.Keys).Select(silo => roles[silo]));
    }
}
