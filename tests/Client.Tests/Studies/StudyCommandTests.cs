using System.Text.Json.Nodes;
using Nola.Client.Commands;
using Nola.Client.Tests.Commands;

namespace Nola.Client.Tests.Studies;

/// <summary><c>nola study</c> against a real store and an engine in this process.</summary>
public sealed class StudyCommandTests : IDisposable
{
    private const string Spec = """
        name: curve
        task: function
        methods: [{ function: { id: near, name: sphere } }, { function: { id: far, name: sphere } }]
        seeds: [0, 1]
        search: { sampler: grid, space: { x: [0.5, 2.0, -1.0], colour: [red, blue] } }

        """;

    private readonly string folder = Directory.CreateTempSubdirectory("nola-study-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Study_EveryCommand_OfTwoStudies()
    {
        var spec = Path.Combine(folder, "spec.yaml");
        await File.WriteAllTextAsync(spec, Spec, TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Success, (await InStore("run", spec)).Code);

        var best = JsonNode.Parse((await InStore("study", "best", "curve", "--json")).Output)!.AsArray();
        Assert.Equal([0.5, 0.5], best.Select(study => (double)study!["parameters"]!["x"]!));
        Assert.Equal(0.2505, (double)best[0]!["value"]!["mean"]!, 9);
        var lines = (await InStore("study", "best", "curve", "far", "--csv")).Output.Split('\n');
        Assert.Equal("study,name,value,sd,seeds,trials,colour,x", lines[0]);
        Assert.StartsWith("1,far,0.2505,", lines[1], StringComparison.Ordinal);
        Assert.Equal(25, (await InStore("study", "trials", "curve", "--csv")).Output.TrimEnd('\n').Split('\n').Length);
        Assert.Equal(12, JsonNode.Parse((await InStore("study", "trials", "curve", "1", "--json")).Output)!.AsArray().Count);
        Assert.Equal("x", (string?)JsonNode.Parse((await InStore("study", "importance", "curve", "0", "--json")).Output)![0]!["parameters"]![0]!["parameter"]);
        Assert.Equal(new(ExitCodes.Usage, "", "nola: curve has 2 studies; name one behind it: 0 (near), 1 (far).\n"), await InStore("study", "pareto", "curve"));
        Assert.Equal(new(ExitCodes.Usage, "", "nola: curve has no study '7'; there are 0 (near), 1 (far).\n"), await InStore("study", "best", "curve", "7"));
        // Of the sets at 0.5 both colours are best, for functions take no time.
        Assert.Contains("2 of 6 sets", (await InStore("study", "pareto", "curve", "near")).Output, StringComparison.Ordinal);

        var journal = Path.Combine(folder, "curve.log");
        Assert.Equal(new(ExitCodes.Success, "", $"2 studies with 24 trials written to {journal}\n"), await InStore("study", "export", "curve", "--format", "optuna-journal", "--out", journal));
        Assert.Contains("\"study_name\":\"curve / far\"", await File.ReadAllTextAsync(journal, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(
            new(ExitCodes.Usage, "", $"nola: --out is '{journal}', which exists; Optuna only ever adds to a journal, so name another file.\n"),
            await InStore("study", "export", "curve", "--format", "optuna-journal", "--out", journal));
        var whole = JsonNode.Parse((await InStore("study", "export", "curve", "--format", "json")).Output)!;
        Assert.Equal(("choices", 12), ((string?)whole[0]!["space"]![0]!["values"]!["kind"], whole[0]!["trials"]!.AsArray().Count));
    }

    private Task<CommandResult> InStore(params string[] args) => Commands.Nola.Run([.. args, "--store", Path.Combine(folder, "store")]);
}
