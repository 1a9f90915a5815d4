using Nola.Silo.Hosting;
using Nola.Testing;

namespace Nola.Silo.Tests.Hosting;

public class OperationsPageTests
{
    [Fact]
    public void SettingsTable_NamesEveryVariableInOrder()
    {
        var page = File.ReadLines(Path.Combine(SharedData.RepositoryRoot, "docs", "operations.md"));

        Assert.Equal(SiloSettingsReader.Variables, page.Where(line => line.StartsWith("| `NOLA_", StringComparison.Ordinal)).Select(line => line.Split('`')[1]));
    }
}
