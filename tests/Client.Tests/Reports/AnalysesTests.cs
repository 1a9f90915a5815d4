using System.Text.Json;
using System.Text.Json.Nodes;
using Nola.Client.Commands;
using Nola.Client.Tests.Commands;
using Nola.Client.Tests.Specs;
using CommandLine = Nola.Client.Tests.Commands.Nola;

namespace Nola.Client.Tests.Reports;

/// <summary><c>nola report --analyses</c> over recorded answers of three models to seven programs, which are parsed and run in a real sandbox.</summary>
public sealed class AnalysesTests : IDisposable
{
    // The id tells what the program is like; input, output and what it is for.
    private static readonly (string Id, string Body, string Argument, string Output)[] Programs =
    [
        ("plain", "return x * 2", "4", "8"),
        ("text", "return str(x) + '!'", "4", "'4!'"),
        ("branch", "if x > 3 and x < 9:\n        return True\n    return False", "4", "True"),
        ("nested-branch", "if x:\n        if x > 3:\n            return [x]\n    return []", "4", "[4]"),
        ("loop", "s = 0\n    for i in range(x):\n        s += i\n    return s", "4", "6"),
        ("nested-loop", "s = 0\n    for i in range(x):\n        for j in range(x):\n            s += j\n    return s", "4", "24"),
        ("while", "while x > 1:\n        x /= 2\n    return x", "4", "1.0"),
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("nola-analyses-").FullName;

    public AnalysesTests() => Lines("programs.jsonl", Programs.Select(program => new
    {
        id = program.Id,
        language = "python",
        code = $"def f(x):\n    {program.Body}",
        input = $"f({program.Argument})",
        output = program.Output,
        nl = $"Writes {program.Id}.",
        assert = $"assert f({program.Argument}) == {program.Output}",
    }));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Report_TwoTasks_EveryFormatAsExpected()
    {
        await SampleProblems.RequireSandbox();
        await Run("ier", "cot, direct", (model, program) => [(0, Answer(model, program))]);
        await Run("der", "cot", (model, program) => [(0, $"```python\ndef f(x):\n    {(model == 0 && program == 2 ? "return None" : Programs[program].Body)}\n```"), (1, $"<<<Output>>> {(program < 4 ? Programs[program].Output : "0")} [END-OF-RESPONSE]")]);
        var items = Path.Combine(folder, "items.csv");

        var table = await InStore("report", "ier", "--analyses", "--with", "der", "--items", items);
        var json = await InStore("report", "ier", "--analyses", "--with", "der", "--json");

        Assert.Equal((ExitCodes.Success, ExitCodes.Success), (table.Code, json.Code));
        Assert.EndsWith("parsed and run 7 of 7\n", table.Error, StringComparison.Ordinal);
        Assert.Equal("", json.Error); // the second time nothing is run
        Expectation.Matches(table.Output, "Table");
        Expectation.Matches(await File.ReadAllTextAsync(items, TestContext.Current.CancellationToken), "Items");
        Expectation.Matches((await InStore("report", "ier", "--analyses", "--format", "md")).Output, "Markdown");
        Expectation.Matches((await InStore("report", "ier", "--analyses", "--format", "csv")).Output, "Csv");
        var lines = Path.Combine(folder, "items.jsonl");
        Assert.Equal(ExitCodes.Success, (await InStore("report", "ier", "--analyses", "--items", lines)).Code);
        Assert.Equal((42, 20), (File.ReadLines(lines).Count(), (int?)JsonNode.Parse(File.ReadLines(lines).ElementAt(5))!["iterations"]));
        var root = JsonNode.Parse(json.Output)!;
        Assert.Empty(new JsonSchemaCheck(ReportSchemaTests.Read("analyses.schema.json")).FaultsOf(root));
        Assert.Equal((9, 1), (root["studies"]!.AsArray().Count, (int?)root["schemaVersion"]));
        Assert.Equal(["dependent-against-independent", "methods", "models"], root["comparisons"]!.AsArray().Select(comparison => (string)comparison!["kind"]!).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(2, root["rankings"]!.AsArray().Select(ranking => (string)ranking!["of"]!).Distinct().Count());
    }

    [Fact]
    public async Task Report_NoSandbox_ShowsWhatNeedsNone()
    {
        await Run("ier", "direct", (model, program) => [(0, Answer(model, program))]);

        var (code, output, error) = await CommandLine.Bash("printf '#!/bin/sh\\nexit 1' > bwrap; chmod +x bwrap; PATH=$PWD:$PATH nola report ier --analyses --store store", folder);

        Assert.Equal(ExitCodes.Success, code);
        Assert.StartsWith("Complexity, constructs and loops of 7 programs in Python are left out: the sandbox is unavailable: ", error, StringComparison.Ordinal);
        Assert.Contains("By lines of code", output, StringComparison.Ordinal);
        Assert.Contains("By type of the output", output, StringComparison.Ordinal);
        Assert.DoesNotContain("By cyclomatic complexity", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_OtherTask_SaysWhatTheAnalysesAreFor()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "curve.yaml"), "name: curve\ntask: function\nmethods: [{ function: { name: sphere } }]\n", TestContext.Current.CancellationToken);
        await InStore("run", Path.Combine(folder, "curve.yaml"));

        var result = await InStore("report", "curve", "--analyses");

        Assert.Equal(new(ExitCodes.Usage, "", "nola: --analyses is for experiments that ask about programs (cruxeval-input, cruxeval-output, der, ier, sr); the task of curve is function.\n"), result);
    }

    [Fact]
    public async Task Report_AnswersAreGone_SaysSo()
    {
        await Run("ier", "direct", (model, program) => [(0, Answer(model, program))]);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "store", "artifacts"), "items.jsonl", SearchOption.AllDirectories))
            File.Delete(file);

        var (code, output, error) = await InStore("report", "ier", "--analyses");

        Assert.Equal((ExitCodes.TrialsFailed, ""), (code, output));
        Assert.StartsWith("The answers of trial ier/0/0 cannot be read on this machine: ", error, StringComparison.Ordinal);
        Assert.EndsWith("nola: There is nothing to analyse: no trial has ended with answers that can be read here.\n", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--items", "x.csv")]
    [InlineData("--with", "other")]
    public async Task Report_WithoutAnalyses_SaysThatTheyAreMissing(string option, string value) =>
        Assert.Equal(new(ExitCodes.Usage, "", $"nola: {option} goes with --analyses; add it.\n"), await InStore("report", "x", option, value));

    // Model 2 knows all; the others fail at loops, each in its own way, and model 0 forgets the mark now and then.
    private static string Answer(int model, int program) => (model, program) switch
    {
        (0, 1) => Programs[program].Output,
        (0, >= 4) => "<<<Output>>> 'none' [END-OF-RESPONSE]",
        (1, 5) => "<<<Output>>> 23 [END-OF-RESPONSE]",
        _ => $"<<<Output>>> {Programs[program].Output} [END-OF-RESPONSE]",
    };

    private async Task Run(string task, string methods, Func<int, int, (int Turn, string Text)[]> answers)
    {
        for (var model = 0; model < 3; model++)
            Lines($"{task}-{model}.jsonl", Enumerable.Range(0, Programs.Length).SelectMany(program => answers(model, program).Select(answer => new { id = Programs[program].Id, turn = answer.Turn, text = answer.Text })));
        var spec = Path.Combine(folder, $"{task}.yaml");
        await File.WriteAllTextAsync(spec, $"""
            name: {task}
            task: {task}
            models: [{string.Join(", ", Enumerable.Range(0, 3).Select(model => $"{{ id: m{model}, endpoint: replay, answers: {task}-{model}.jsonl }}"))}]
            datasets: [ {"{ id: programs, path: programs.jsonl }"} ]
            methods: [{methods}]

            """, TestContext.Current.CancellationToken);
        var run = await InStore("run", spec, "--json");
        Assert.True(run.Code == ExitCodes.Success, run.Error);
    }

    private void Lines<T>(string file, IEnumerable<T> values) => File.WriteAllLines(Path.Combine(folder, file), values.Select(value => JsonSerializer.Serialize(value)));

    private Task<CommandResult> InStore(params string[] args) => CommandLine.Run([.. args, "--store", Path.Combine(folder, "store")]);
}
