using Microsoft.Extensions.Logging;
using Nola.Silo.Hosting;

namespace Nola.Silo.Tests.Hosting;

public class FileLoggerProviderTests
{
    [Fact]
    public void Log_DiskIsFull_LosesTheLineOnly()
    {
        using var sut = new FileLoggerProvider("/dev/full");
        var logger = sut.CreateLogger("a");

        var faults = Enumerable.Range(0, 2).Select(_ => Record.Exception(() => logger.Log(LogLevel.Error, default, "line", null, (state, _) => state)));

        Assert.All(faults, Assert.Null);
    }
}
