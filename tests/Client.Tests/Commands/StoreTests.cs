using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Nola.Client.Commands;
using Nola.Client.Tests.Specs;
using Nola.Testing;

namespace Nola.Client.Tests.Commands;

/// <summary>Commands against a real store and an engine in this process.</summary>
public sealed partial class StoreTests : IDisposable
{
    private const string Curve = "name: curve\ntask: function\nmethods: [{ function: { id: near, name: sphere } }, { function: { id: far, name: sphere } }]\nseeds: [0, 1]\nsearch: { sampler: grid, space: { x: [0.5, 2.0] } }\n";

    private readonly string folder = Directory.CreateTempSubdirectory("nola-store-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Run_ThenEveryCommandThatLooks()
    {
        var run = await InStore("run", Spec(Curve), "--json");
        Assert.Equal((ExitCodes.Success, "finished"), (run.Code, (string?)JsonNode.Parse(run.Output)!["state"]));
        Assert.Contains("curve is finished", run.Error, StringComparison.Ordinal);
        Assert.Equal("Nola", ((string?)JsonNode.Parse(run.Output)!["provenance"]!["software"])![..4]);
        Assert.Empty(new JsonSchemaCheck(Schema).FaultsOf(JsonNode.Parse(run.Output)));

        Expectation.Matches(Dates().Replace((await InStore("ls")).Output, "2026-01-01 12:00"), "Ls");
        Expectation.Matches(Elapsed().Replace((await InStore("show", "curve")).Output, "finished, 1.0 s"), "Show");
        Expectation.Matches((await InStore("show", "curve", "--study", "1")).Output, "ShowStudy");
        Assert.Equal(new(ExitCodes.Success, Curve, ""), await InStore("show", "curve", "--spec"));
        Assert.Equal(8, (int?)JsonNode.Parse((await InStore("ls", "--json")).Output)![0]!["trialsEnded"]);
        Assert.Equal(new(ExitCodes.Usage, "", "nola: --study is 2; curve has the studies 0 to 1.\n"), await InStore("show", "curve", "--study", "2"));
        Assert.Equal(new(ExitCodes.Usage, "", "nola: There is no experiment 'curbe' here; did you mean 'curve'? Another store is named with --store, a cluster with --cluster.\n"), await InStore("report", "curbe"));
        Assert.Equal(new(ExitCodes.Usage, "", $"nola: curve has finished; what it has found is shown by: nola report curve\n"), await InStore("pause", "curve"));
        Assert.Equal(ExitCodes.Success, (await InStore("resume", "curve")).Code);
        Assert.Equal(new(ExitCodes.Success, "curve-2\n", ""), await InStore("submit", Spec(Curve)));
    }

    [Fact]
    public async Task Run_RealTraining_RecordsAllThatItDependsOn()
    {
        var notes = string.Concat(Enumerable.Range(0, 40).Select(index => index % 2 == 0 ? $"chest pain and palpitations {index},heart\n" : $"cough and wheezing {index},lung\n"));
        await File.WriteAllTextAsync(Path.Combine(folder, "notes.csv"), "text,label\n" + notes, TestContext.Current.CancellationToken);
        const string Text = """
            name: tiny
            task: sequence-classification
            models: { id: t, new: { layers: 1, hiddenSize: 32, heads: 1, vocabulary: 300, maxLength: 16 } }
            datasets: { id: notes, train: notes.csv }
            methods: full
            seeds: [3]
            training: { epochs: 1, maxLength: 16 }

            """;
        var (code, output, _) = await InStore("run", Spec(Text), "--json");
        Assert.Equal(ExitCodes.Success, code);
        var report = JsonNode.Parse(output)!;

        Assert.Empty(new JsonSchemaCheck(Schema).FaultsOf(report));
        var record = report["provenance"]!;
        Assert.Equal((Text, "[3]"), ((string?)record["spec"], JsonSerializer.Serialize(record["seeds"])));
        var sum = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(folder, "notes.csv"), TestContext.Current.CancellationToken)));
        Assert.Equal(("notes", Path.Combine(folder, "notes.csv"), sum), ((string?)record["sources"]![0]!["id"], (string?)record["sources"]![0]!["path"], (string?)record["sources"]![0]!["sha256"]));
        var environment = record["environments"]![0]!["environment"]!;
        Assert.All(["nola", "torchSharp", "libTorch"], name => Assert.Matches(@"^\d+\.\d+\.\d+", (string?)environment[name]));
        Assert.StartsWith(".NET 10.", (string?)environment["dotNet"], StringComparison.Ordinal);
        Assert.Matches("^(cpu|cuda:).* .", (string?)environment["device"]);
        Assert.Equal("the validation split", (string?)report["measuredOn"]);
    }

    [Fact]
    public async Task Run_FailingTrials_NamesThemAndExitsWith1()
    {
        var (code, output, _) = await InStore("run", Spec("name: bad\ntask: function\nmethods: [{ function: { id: broken, name: failing } }, { function: { id: lost, name: diverging } }]\n"));

        Assert.Equal(ExitCodes.TrialsFailed, code);
        Assert.Contains("\ntrial 0/0 failed: ", output, StringComparison.Ordinal);
        Assert.Contains("\ntrial 1/0 diverged at step ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WrongSpec_StartsNothingAndExitsWith2()
    {
        var spec = Spec("name: bad\ntask: function\nmethod: [function]\n");
        var result = await InStore("run", spec);

        Assert.Equal(ExitCodes.Usage, result.Code);
        Assert.Contains($"{spec}:3:1: ", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("nothing was started.\n", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder, "store")));
    }

    [Fact]
    public async Task Pause_FromASecondTerminal_EndsTheRunWhichResumes()
    {
        var run = InStore("run", Spec("name: long\ntask: function\nmethods: [{ function: { name: sphere, curve: 1, duration: 600s } }]\n"));
        while (!(await InStore("show", "long", "--json")).Output.Contains("\"training\"", StringComparison.Ordinal))
            Assert.False(run.IsCompleted, "it ended by itself");

        var paused = await InStore("pause", "long");
        Assert.Equal((ExitCodes.Success, $"long is paused; go on with: nola resume long --store {folder}/store\n"), (paused.Code, paused.Output));
        var (code, _, error) = await run.WaitAsync(TimeSpan.FromSeconds(40));
        Assert.Equal((ExitCodes.Interrupted, $"long is paused; go on with: nola resume long --store {folder}/store\n"), (code, error));

        Assert.Equal(ExitCodes.Success, (await InStore("cancel", "long")).Code);
        Assert.Equal(new(ExitCodes.Usage, "", "nola: long was cancelled; what it has found is shown by: nola report long\n"), await InStore("resume", "long"));
    }

    [Fact]
    public async Task Look_AtAnExperimentThatNoProcessRuns_TellsHowToGoOn()
    {
        Assert.Equal(new(ExitCodes.Success, "curve\n", ""), await InStore("submit", Spec(Curve)));

        var remedy = $"No process runs it now; go on with: nola resume curve --store {folder}/store";
        var seen = JsonNode.Parse((await InStore("show", "curve", "--json")).Output)!;
        Assert.Equal(("paused", remedy), ((string?)seen["state"], (string?)seen["notice"]));
        Assert.Equal("paused", (string?)JsonNode.Parse((await InStore("ls", "--json")).Output)![0]!["state"]);
        Assert.Equal(new(ExitCodes.Interrupted, "", $"nola: curve does not run: {remedy}\n"), await InStore("watch", "curve"));
    }

    [Fact]
    public async Task Ls_StoreIsNoStore_ExitsWith3()
    {
        Directory.CreateDirectory(Path.Combine(folder, "store"));
        await File.WriteAllTextAsync(Path.Combine(folder, "store", "nola.db"), new string('x', 10_000), TestContext.Current.CancellationToken);
        var (code, output, error) = await InStore("ls");

        Assert.Equal((ExitCodes.Engine, ""), (code, output));
        Assert.StartsWith("nola: ", error, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(folder, "store"), error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyCommand_StoreIsAFile_ExitsWith3()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "store"), "", TestContext.Current.CancellationToken);
        foreach (var arguments in new[] { ["submit", Spec(Curve)], new[] { "ls" } })
        {
            var (code, output, error) = await InStore(arguments);

            Assert.Equal((ExitCodes.Engine, ""), (code, output));
            Assert.Equal($"nola: --store is '{folder}/store', which is a file; name a folder.\n", error);
        }
    }

    private static JsonObject Schema => (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", "report.schema.json")))!;

    private Task<CommandResult> InStore(params string[] args) => Nola.Run([.. args, "--store", Path.Combine(folder, "store")]);

    private string Spec(string text)
    {
        var path = Path.Combine(folder, "spec.yaml");
        File.WriteAllText(path, text);
        return path;
    }

    [GeneratedRegex(@"20\d\d-\d\d-\d\d \d\d:\d\d")]
    private static partial Regex Dates();

    [GeneratedRegex(@"finished, [0-9.]+ s")]
    private static partial Regex Elapsed();
}
