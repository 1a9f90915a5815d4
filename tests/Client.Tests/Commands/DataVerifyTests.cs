using System.Text.Json;
using System.Text.Json.Nodes;
using Nola.Client.Commands;

namespace Nola.Client.Tests.Commands;

/// <summary><c>nola data verify</c> with real programs in a real sandbox.</summary>
public sealed class DataVerifyTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-verify-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Verify_SomeDiffer_ListsThemInOrderAndExitsWith1()
    {
        await SampleProblems.RequireSandbox();
        var file = Problems(
            new { id = "right", language = "python", code = "def double(x):\n    return x * 2", input = "double(4)", output = "8" },
            new { id = "wrong", language = "python", code = "def double(x):\n    print(x)\n    return x * 2", input = "double(4)", output = "9" },
            new { id = "raises", language = "python", code = "def half(x):\n    return x / 0", input = "half(4)", output = "2.0" },
            new { id = "prints", language = "python", code = "print(input())\nprint(2)", input = "a\n", output = "a\n3" },
            new { id = "open", language = "python", code = "print(1)", input = "" });

        var shown = await Nola.Run("data", "verify", file, "--parallel", "2");
        var json = await Nola.Run("data", "verify", file, "--json");

        Assert.Equal((ExitCodes.OutputsDiffer, ExitCodes.OutputsDiffer), (shown.Code, json.Code));
        Expectation.Matches(shown.Output, "Table");
        Expectation.Matches(json.Output.Replace(folder, "/problems", StringComparison.Ordinal), "Json");
        Assert.EndsWith("verified 5 of 5, 3 differ\n", shown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_AllAgree_ExitsWith0()
    {
        await SampleProblems.RequireSandbox();
        var result = await Nola.Run("data", "verify", Problems(new { id = "a", language = "python", code = "print(1)", input = "", output = "1" }));

        Assert.Equal((ExitCodes.Success, "1 of 1 problem agrees.\n"), (result.Code, result.Output));
    }

    [Fact]
    public async Task Verify_WrongFile_NamesTheLine()
    {
        var file = Problems(new { id = "a", language = "cobol", code = "", input = "", output = "" });

        Assert.Equal(new(ExitCodes.Usage, "", $"nola: {file}:1: 'language' is 'cobol'; it must be python or java\n"), await Nola.Run("data", "verify", file));
    }

    [Fact]
    public async Task Verify_ParallelOf0_SaysWhatIsAllowed() =>
        Assert.Equal(new(ExitCodes.Usage, "", "nola: --parallel is 0; give 1 to 1024.\n"), await Nola.Run("data", "verify", "x", "--parallel", "0"));

    [Fact]
    public async Task Verify_NoSandbox_SaysWhyAndExitsWith3()
    {
        var file = Problems(new { id = "a", language = "python", code = "print(1)", input = "", output = "1" });

        var (code, output, error) = await Nola.Bash($"printf '#!/bin/sh\\necho no namespace >&2; exit 1' > bwrap; chmod +x bwrap; PATH=$PWD:$PATH nola data verify '{file}'", folder);

        Assert.Equal((ExitCodes.Engine, ""), (code, output));
        Assert.StartsWith("nola: the sandbox is unavailable: ", error, StringComparison.Ordinal);
        Assert.EndsWith("See docs/sandbox.md\n", error, StringComparison.Ordinal);
    }

    private string Problems(params object[] problems)
    {
        var file = Path.Combine(folder, "own.jsonl");
        File.WriteAllLines(file, problems.Select(problem => JsonSerializer.Serialize(problem)));
        return file;
    }
}
