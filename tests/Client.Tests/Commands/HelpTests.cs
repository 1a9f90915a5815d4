using System.CommandLine;
using Nola.Client.Commands;

namespace Nola.Client.Tests.Commands;

public class HelpTests
{
    [Fact]
    public async Task Help_OfEveryCommand_AsExpected()
    {
        var pages = new List<string>();
        foreach (var path in Paths(NolaCommandLine.Create(), []))
        {
            var (code, output, error) = await Nola.Run([.. path, "--help"]);
            Assert.Equal((ExitCodes.Success, ""), (code, error));
            pages.Add($"$ nola {string.Join(' ', [.. path, "--help"])}\n{output.ReplaceLineEndings("\n").TrimEnd()}\n");
        }

        Expectation.Matches(string.Join("\n\n", pages), "All");
    }

    [Theory]
    [InlineData()]
    [InlineData("data")]
    public async Task Run_GroupAlone_ShowsItsHelp(params string[] path)
    {
        var alone = await Nola.Run(path);

        Assert.Equal(await Nola.Run([.. path, "--help"]), alone);
    }

    private static IEnumerable<string[]> Paths(Command command, string[] path) => command.Subcommands.SelectMany(child => Paths(child, [.. path, child.Name])).Prepend(path);
}
