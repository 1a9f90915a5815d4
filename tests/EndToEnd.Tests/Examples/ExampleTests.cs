using System.Text.Json.Nodes;
using Nola.EndToEnd.Tests.Harness;
using Nola.Testing;

namespace Nola.EndToEnd.Tests.Examples;

/// <summary>Every file in <c>examples/</c>, as a user gives it to <c>nola</c>.</summary>
public sealed class ExampleTests : IDisposable
{
    private readonly TempFolder folder = new();

    public static TheoryData<string> Examples => [.. Directory.GetFiles(Folder, "*.yaml").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(SharedData.RepositoryRoot, "examples");

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Validate_Example_IsValid(string name)
    {
        var file = Path.Combine(Folder, name);
        if ((await File.ReadAllTextAsync(file)).Contains("shared/data", StringComparison.Ordinal))
            SharedData.Require(".");

        Assert.StartsWith($"{file} is valid: ", await NolaProcess.Run(0, "validate", file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Quickstart_ReportsAllStudiesWithCostAndEfficiency()
    {
        // One seed takes half of the time, and all else is as it is.
        var report = JsonNode.Parse(await NolaProcess.Run(0, TimeSpan.FromMinutes(10), "run", Shorter("quickstart.yaml", ("seeds: [0, 1]", "seeds: [0]")), "--store", folder["store"], "--json"))!;

        Assert.Equal(("quickstart", "finished", 3), ((string?)report["experiment"], (string?)report["state"], (int?)report["outcomes"]!["completed"]));
        var studies = report["studies"]!.AsArray().Select(study => study!).ToArray();
        Assert.Equal(["full", "lora", "ia3"], studies.Select(study => (string?)study["method"]));
        foreach (var study in studies)
        {
            Assert.Equal(1, (int?)study["metrics"]!["macro-f1"]!["count"]);
            // Eight specialties: who guesses scores about an eighth.
            Assert.InRange((double)study["metrics"]!["macro-f1"]!["mean"]!, 0.25, 1);
            Assert.True((decimal?)study["cost"] > 0, $"{study["name"]} costs {study["cost"]}");
            Assert.NotNull(study["efficiency"]);
        }

        Assert.Single(studies, study => (bool?)study["isBest"] == true);
    }

    [Fact]
    public async Task Run_CodeReasoning_ScoresBothModelsAndTellsWhatIsMissing()
    {
        var report = JsonNode.Parse(await NolaProcess.Run(0, "run", Path.Combine(Folder, "code-reasoning.yaml"), "--store", folder["store"], "--json"))!;

        var studies = report["studies"]!.AsArray().Select(study => study!).ToArray();
        Assert.Equal(["careful", "hasty"], studies.Select(study => (string?)study["model"]));
        Assert.Equal(11 / 12.0, (double)studies[0]["metrics"]!["crr"]!["mean"]!, 12);
        Assert.Equal((4 / 11.0, 1.0), ((double)studies[1]["metrics"]!["crr"]!["mean"]!, (double)studies[1]["metrics"]!["unanswered"]!["mean"]!));
    }

    [Fact]
    public async Task Run_CommandPython_SearchesWithAProgramAndPrunes()
    {
        var report = JsonNode.Parse(await NolaProcess.Run(0, "run", Path.Combine(Folder, "command-python.yaml"), "--store", folder["store"], "--json"))!;

        var outcomes = report["outcomes"]!;
        Assert.Equal(10, (int)outcomes["completed"]! + (int)outcomes["pruned"]!);
        Assert.True((int)outcomes["pruned"]! > 0, "nothing was pruned");
        var study = report["studies"]![0]!;
        Assert.InRange((double)study["metrics"]!["accuracy"]!["mean"]!, 0.85, 1);
        Assert.Equal(["decay", "learningRate"], study["parameters"]!.AsObject().Select(parameter => parameter.Key));
        Assert.EndsWith("command-python/train.py", (string?)report["provenance"]!["sources"]![0]!["path"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Methods_ReportsEveryMethodAndItsAdapterPredicts()
    {
        var report = JsonNode.Parse(await NolaProcess.Run(0, TimeSpan.FromMinutes(10), "run", Shorter("methods.yaml", ("epochs: 2", "epochs: 1"), ("samplesPerClass: 16", "samplesPerClass: 8")), "--store", folder["store"], "--json"))!;

        var studies = report["studies"]!.AsArray().Select(study => study!).ToArray();
        Assert.Equal(
            ["full", "lora", "rslora", "dora", "lora-all-linear", "lora-by-pattern", "ia3", "bitfit", "prefix", "prompt", "head"],
            studies.Select(study => (string?)study["method"]));
        Assert.All(studies, study => Assert.Equal(1, (int?)study["metrics"]!["macro-f1"]!["count"]));

        var adapter = Directory.GetDirectories(folder["store"], "adapter", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
        const string Text = "the patient has chest pain";
        var found = JsonNode.Parse(await NolaProcess.Run(0, "predict", "--model", "nola-mini", "--adapter", adapter, Text, "--json"))![0]!;
        var merged = folder["merged"];
        await NolaProcess.Run(0, "adapter", "merge", "--base", "nola-mini", "--adapter", adapter, "--out", merged);
        var plain = JsonNode.Parse(await NolaProcess.Run(0, "predict", "--model", merged, Text, "--json"))![0]!;

        Assert.Equal((string?)found["label"], (string?)plain["label"]);
        Assert.Equal(8, found["probabilities"]!.AsObject().Count);
        foreach (var (label, probability) in found["probabilities"]!.AsObject())
            Assert.Equal((double)probability!, (double)plain["probabilities"]![label]!, 1e-4);
        await NolaProcess.Run(2, "adapter", "merge", "--base", "nola-mini", "--adapter", adapter, "--out", merged);
    }

    // An example that would take minutes, with less of the same work.
    private string Shorter(string name, params (string From, string To)[] changes)
    {
        var text = File.ReadAllText(Path.Combine(Folder, name));
        foreach (var (from, to) in changes)
        {
            Assert.Contains(from, text, StringComparison.Ordinal);
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        File.WriteAllText(folder[name], text);
        return folder[name];
    }
}
