using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.EndToEnd.Tests.Harness;
using Nola.Testing;
using Nola.Testing.Servers;

namespace Nola.EndToEnd.Tests.Faults;

/// <summary>Language models asked by three silos over Redis.</summary>
public sealed partial class ReasoningTests : IDisposable
{
    private const int Studies = 6;
    private const int Problems = 100;
    private const int Limit = 12;

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task KillSilo_InMidRun_NothingIsPaidTwiceBeyondTheCallsInFlight()
    {
        await using var server = await OpenAiServer.Start(request =>
            OpenAiServer.Reply.Good($"<<<Output>>> {Call().Match(request.Body).Groups[1].Value} [END-OF-RESPONSE]") with { Delay = TimeSpan.FromMilliseconds(50) });
        server.Keeps = false;
        await using var cluster = await SiloCluster.Start(folder, 3, "none");
        var sets = string.Concat(Enumerable.Range(0, Studies).Select(set => $"  - {{ id: set{set}, path: {WriteProblems(set)} }}\n"));
        await cluster.Submit("asking", $"""
            name: asking
            task: ier
            models: [{"{"} id: m, endpoint: openai, url: "{server.Url}", limits: {"{"} start: {Limit}, concurrency: {Limit} {"}"} {"}"}]
            methods: [direct]
            datasets:
            {sets}
            """);
        var before = await cluster.Until("asking", "is a third of the way", status => server.Paid > Studies * Problems / 3);
        var busy = before.Running.Select(cluster.SiloOf).OfType<NolaProcess>().Distinct().ToArray();
        Assert.InRange(busy.Length, 2, 3); // each silo got two of the six trials

        await cluster.Kill(busy[0]);
        var status = await cluster.Finished("asking");

        Assert.Equal(Studies, status.Counts.Completed);
        for (var study = 0; study < Studies; study++)
        {
            var trial = Assert.Single(await cluster.Trials("asking", study));
            Assert.Equal((1.0, Problems), (trial.Result.Metrics["crr"], (int)trial.Result.Metrics["problems"]));
        }

        Assert.InRange(server.Count, Studies * Problems, (Studies * Problems) + Limit);
        // What the dead silo had in flight ended with its connections.
        Assert.InRange(server.MaxInFlight, 2, Limit);
    }

    [Fact]
    public async Task Submit_WholeCodeMind_GivesThePublishedRates()
    {
        var predictions = File.ReadLines(SharedData.Require("oracle/codemind-ier-predictions.jsonl")).Select(line => JsonNode.Parse(line)!).ToArray();
        var published = JsonNode.Parse(await File.ReadAllTextAsync(SharedData.Require("oracle/codemind-ier-crr.json")))!.AsObject();
        var models = predictions.Select(line => (string)line["model"]!).Distinct().ToArray();
        foreach (var model in models)
            await File.WriteAllLinesAsync(folder[model + ".jsonl"], predictions.Where(line => (string)line["model"]! == model && line["predict"] is not null).Select(line =>
                JsonSerializer.Serialize(new { dataset = (string)line["dataset"]!, id = (string)line["id"]!, text = $"<<<Output>>>{line["predict"]}" })));
        await using var cluster = await SiloCluster.Start(folder, 3, "none");
        var sets = new[] { "mbpp", "humaneval", "cruxeval", "codenet-java", "codenet-python", "avatar-java", "avatar-python" };

        await cluster.Submit("codemind", $"""
            name: codemind
            task: ier
            methods: [cot]
            models:
            {string.Concat(models.Select(model => $"  - {"{"} id: {model}, endpoint: replay, answers: {folder[model + ".jsonl"]} {"}"}\n"))}
            datasets:
            {string.Concat(sets.Select(set => $"  - {"{"} id: {set}, path: {SharedData.Require($"reasoning/{set}.jsonl")} {"}"}\n"))}
            """);
        var status = await cluster.Finished("codemind");

        TestContext.Current.TestOutputHelper?.WriteLine($"{status.Elapsed.TotalSeconds:0.0} s");
        var compared = 0;
        foreach (var (model, index) in models.Select((model, index) => (model, index)))
            foreach (var (set, number) in sets.Select((set, number) => (set, number)))
            {
                if (published[$"{set}/{model}"] is not { } rate)
                    continue;
                var trial = Assert.Single(await cluster.Trials("codemind", (index * sets.Length) + number));
                Assert.Equal((double)rate["crr"]!, 100 * trial.Result.Metrics["crr"], 2);
                Assert.Equal((int)rate["n"]!, (int)trial.Result.Metrics["problems"]);
                compared++;
            }

        Assert.Equal(published.Count, compared);
    }

    private string WriteProblems(int set)
    {
        var file = folder[$"set{set}.jsonl"];
        File.WriteAllLines(file, Enumerable.Range(0, Problems).Select(number => (set * Problems) + number).Select(number =>
            JsonSerializer.Serialize(new { id = string.Create(CultureInfo.InvariantCulture, $"p{number}"), language = "python", code = "def echo(x):\n    return x", input = $"echo({number})", output = $"{number}" })));
        return file;
    }

    [GeneratedRegex(@"echo\((\d+)\)")]
    private static partial Regex Call();
}
