using Nola.Client.Commands;
using Nola.Testing;

namespace Nola.Client.Tests.Commands;

public class CommandReferenceTests
{
    /// <summary>Run with NOLA_UPDATE=1 to write the page anew.</summary>
    [Fact]
    public void Print_EqualsThePageInDocs()
    {
        var page = Path.Combine(SharedData.RepositoryRoot, "docs", "commands.md");
        if (Environment.GetEnvironmentVariable("NOLA_UPDATE") == "1")
            File.WriteAllText(page, CommandReference.Print());

        Assert.Equal(File.ReadAllText(page), CommandReference.Print());
    }
}
