using System.Xml.Linq;
using Nola.Testing;

namespace Nola.Core.Tests.House;

/// <summary>The rooms depend downward only; docs/design.md shows the same table.</summary>
public class DependencyTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Core"] = [],
        ["Data"] = ["Core"],
        ["Search"] = ["Core"],
        ["Training"] = ["Core", "Data"],
        ["Reasoning"] = ["Core"],
        ["Contracts"] = ["Core"],
        ["Grains"] = ["Contracts", "Search"],
        ["Worker"] = ["Training"],
        ["Silo"] = ["Grains", "Reasoning"],
        ["Client"] = ["Contracts", "Data", "Silo"],
    };

    public static TheoryData<string> Rooms => [.. Directory.GetDirectories(Source).Select(folder => Path.GetFileName(folder)!).Order()];

    private static string Source => Path.Combine(SharedData.RepositoryRoot, "src");

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Room_ProjectReferences_AreThoseOfTheTable(string room)
    {
        Assert.True(Allowed.ContainsKey(room), $"src/{room} is not in the table of rooms.");

        Assert.Equal(Allowed[room].Order(), References(room, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)!).Order());
    }

    [Theory]
    [InlineData("TorchSharp", "Training", "Worker")]
    [InlineData("libtorch-cpu-linux-x64", "Worker")]
    [InlineData("YamlDotNet", "Client")]
    [InlineData("Spectre.Console", "Client")]
    [InlineData("Microsoft.Orleans.Server", "Grains")]
    [InlineData("Microsoft.Data.Sqlite", "Silo")]
    public void Package_IsReferenced_OnlyByItsRooms(string package, params string[] rooms)
    {
        var users = Directory.GetDirectories(Source).Select(folder => Path.GetFileName(folder)!).Where(room => References(room, "PackageReference").Contains(package));

        Assert.Subset(rooms.ToHashSet(), users.ToHashSet());
    }

    [Fact]
    public void Core_Packages_AreOrleansSerializationAlone() =>
        Assert.Equal(["Microsoft.Orleans.Sdk", "Microsoft.Orleans.Serialization.Abstractions"], References("Core", "PackageReference").Order());

    // A reference that only orders the build (ReferenceOutputAssembly=false) is no dependency.
    private static string[] References(string room, string kind) =>
        [.. XDocument.Load(Path.Combine(Source, room, room + ".csproj")).Descendants(kind)
            .Where(item => (string?)item.Attribute("ReferenceOutputAssembly") != "false" && item.Attribute("Include") is not null)
            .Select(item => ((string)item.Attribute("Include")!).Replace('\\', '/'))];
}
