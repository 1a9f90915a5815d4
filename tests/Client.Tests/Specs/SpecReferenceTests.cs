using Nola.Client.Specs;
using Nola.Testing;

namespace Nola.Client.Tests.Specs;

public class SpecReferenceTests
{
    /// <summary>Run with NOLA_UPDATE=1 to write the page anew.</summary>
    [Fact]
    public void Print_EqualsThePageInDocs()
    {
        var page = Path.Combine(SharedData.RepositoryRoot, "docs", "spec.md");
        if (Environment.GetEnvironmentVariable("NOLA_UPDATE") == "1")
            File.WriteAllText(page, SpecReference.Print());

        Assert.Equal(File.ReadAllText(page), SpecReference.Print());
    }
}
