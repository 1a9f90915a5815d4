using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Nola.Contracts;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Testing.Servers;

namespace Nola.Silo.Tests.Reasoning;

/// <summary>Trials that ask a real HTTP server, which misbehaves on order.</summary>
public sealed partial class ReasoningTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-reasoning-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Submit_Replay_ScoresTheRecordedAnswers()
    {
        var answers = Path.Combine(folder, "answers.jsonl");
        File.WriteAllLines(answers, Enumerable.Range(0, 7).Select(number => JsonSerializer.Serialize(new { id = $"p{number}", text = $"<<<Output>>> {(number < 4 ? number : -1)} [END-OF-RESPONSE]" })));
        await using var silo = await EmbeddedSilo.Start(folder);

        var trial = await Run(silo, Spec("replay", 8) with { Models = [new RecordedModel { Id = "recorded", Answers = answers }] });

        Assert.Equal(new Completed(), trial.Result.Outcome);
        Assert.Equal(4 / 7.0, trial.Result.Metrics["crr"], 12);
        Assert.Equal(1, trial.Result.Metrics["unanswered"]);
        Assert.Equal(0, trial.TotalUsage.Requests);
        var items = File.ReadAllLines(Path.Combine(trial.Result.Artifacts!, "items.jsonl"));
        Assert.Equal(8, items.Length);
        Assert.Contains("unanswered", items[7], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_ServerMisbehaves_EveryProblemIsPaidOnceAndLimitsHold()
    {
        const int count = 10_000;
        var seen = new ConcurrentDictionary<int, int>();
        await using var server = await OpenAiServer.Start(request =>
        {
            var number = NumberIn(request.Body);
            var attempt = seen.AddOrUpdate(number, 1, (_, before) => before + 1);
            if (number == 77)
                return new(500, "{}"); // for ever
            if (attempt > 1)
                return Right(number);
            return (number % 100) switch
            {
                1 => new(429, "{}") { RetryAfter = "0" },
                2 => new(503, "{}"),
                3 => Right(number) with { CutsAfter = 10 },
                4 => new(200, "{ this is no JSON"),
                5 => new(200, """{ "choices": [] }"""),
                _ => Right(number),
            };
        });
        server.Keeps = false;
        await using var silo = await EmbeddedSilo.Start(folder);
        var model = Served(server) with { Limits = new() { Start = 50, Maximum = 60, CoolDown = TimeSpan.FromMilliseconds(100) } };

        var trial = await Run(silo, Spec("served", count) with { Models = [model] });

        Assert.Equal(new Completed(), trial.Result.Outcome);
        Assert.Equal((1, 1), (trial.Result.Metrics["crr"], trial.Result.Metrics["unanswered"]));
        Assert.Equal(count, File.ReadAllLines(Path.Combine(trial.Result.Artifacts!, "items.jsonl")).Length);
        Assert.Equal(count - 1, Directory.EnumerateFiles(Path.Combine(folder, "artifacts", "answers"), "*.json.gz", SearchOption.AllDirectories).Count());
        Assert.InRange(server.MaxInFlight, 1, 60);
        // One request each, one more for each of five faults in a hundred, and the four that the hopeless one is worth.
        Assert.InRange(server.Count, count, count + (count / 100 * 5) + 4);
        Assert.Equal(server.Count, trial.TotalUsage.Requests);
        Assert.All(seen.Where(item => item.Key != 77), item => Assert.InRange(item.Value, 1, 2));
    }

    [Fact]
    public async Task StopSilo_InMidRun_ResumePaysOnlyForWhatIsMissing()
    {
        const int count = 300;
        using var half = new SemaphoreSlim(0);
        var asked = 0;
        await using var server = await OpenAiServer.Start(request =>
        {
            if (Interlocked.Increment(ref asked) == count / 2)
                half.Release();
            return Right(NumberIn(request.Body)) with { Delay = TimeSpan.FromMilliseconds(20) };
        });
        var spec = Spec("stopped", count) with { Models = [Served(server) with { Limits = new() { Start = 4, Maximum = 4 } }] };
        await using (var first = await EmbeddedSilo.Start(folder))
        {
            await first.Grains.GetGrain<IExperimentGrain>("stopped").Submit(spec);
            Assert.True(await half.WaitAsync(TimeSpan.FromSeconds(60)), "half of the problems were not asked within 60 s");
        }

        var paidBefore = server.Paid;
        await using var second = await EmbeddedSilo.Start(folder);
        await second.WaitFor("stopped", now => now.State == ExperimentState.Finished, "finished");

        var trial = Assert.Single(await second.Grains.GetGrain<IExperimentGrain>("stopped").GetTrials(0, 0, 10));
        Assert.Equal((new Completed(), 1.0), (trial.Result.Outcome, trial.Result.Metrics["crr"]));
        Assert.True(paidBefore < count, "it was finished before it was stopped");
        // Only what was in flight when the silo stopped may be asked a second time.
        Assert.InRange(server.Count, count, count + 4);
    }

    // Three problems with five samples each, asked in threes and twos where the server gives them.
    [Theory]
    [InlineData(true, 6)]
    [InlineData(false, 15)]
    public async Task Submit_SamplesPerRequest_AsksForSeveralWhereTheServerGivesThem(bool offers, int requests)
    {
        await using var server = await OpenAiServer.Start(request => new(200, OpenAiServer.Answers(
            Enumerable.Repeat(string.Create(CultureInfo.InvariantCulture, $"<<<Output>>> {NumberIn(request.Body)} [END-OF-RESPONSE]"), offers ? Wanted(request) : 1))));
        await using var silo = await EmbeddedSilo.Start(folder);
        var model = Served(server) with { SamplesPerRequest = 3, Limits = new() { Start = 1, Maximum = 1 } };

        var trial = await Run(silo, Spec("several", 3) with { Models = [model], Methods = [new PromptingMethod { Id = "direct", Style = "direct", Samples = 5, Temperature = 1 }] });

        Assert.Equal((new Completed(), 1.0), (trial.Result.Outcome, trial.Result.Metrics["crr"]));
        Assert.Equal((requests, requests, 18L * requests), (server.Count, trial.TotalUsage.Requests, trial.TotalUsage.Tokens));
        Assert.Equal(15, Directory.EnumerateFiles(Path.Combine(folder, "artifacts", "answers"), "*.json.gz", SearchOption.AllDirectories).Count());

        static int Wanted(OpenAiServer.Request request) => request.Json.TryGetProperty("n", out var n) ? n.GetInt32() : 1;
    }

    [Fact]
    public async Task Submit_TokenCap_IsNeverPassed()
    {
        await using var server = await OpenAiServer.Start(request => Right(NumberIn(request.Body)));
        await using var silo = await EmbeddedSilo.Start(folder);
        var spec = Spec("capped", 200) with
        {
            Models = [Served(server)],
            Methods = [new PromptingMethod { Id = "direct", Style = "direct", MaxTokens = 10 }],
            TotalBudget = new() { Tokens = 2_000 },
        };

        var trial = await Run(silo, spec);

        Assert.Equal("total.tokens = 2000", Assert.IsType<OutOfBudget>(trial.Result.Outcome).Cap);
        Assert.InRange(trial.TotalUsage.Tokens, 1_500, 2_000);
        Assert.InRange(trial.Result.Metrics["problems"], 20, 199);
    }

    [Fact]
    public async Task Submit_KeyThatIsNotThere_FailsAndNamesTheVariable()
    {
        await using var silo = await EmbeddedSilo.Start(folder);

        var trial = await Run(silo, Spec("keyless", 1) with { Models = [new ServedModel { Id = "m", Model = "m", Url = "http://127.0.0.1:9/v1", Key = "env:NOLA_NO_SUCH_KEY" }] });

        Assert.Contains("NOLA_NO_SUCH_KEY", Assert.IsType<Failed>(trial.Result.Outcome).Reason, StringComparison.Ordinal);
    }

    // Two problems: one program is right and its output predicted, the other one is wrong.
    [Theory]
    [InlineData("sr", "with-test", "pass@1")]
    [InlineData("sr", "misleading-test", "pass@1")]
    [InlineData("der", "cot", "der")]
    public async Task Submit_RecordedPrograms_AreRunInTheSandbox(string task, string style, string metric)
    {
        var problems = Path.Combine(folder, "programs.jsonl");
        File.WriteAllLines(problems, new[] { "double", "triple" }.Select((name, index) => JsonSerializer.Serialize(new
        {
            id = name,
            language = "python",
            code = $"def {name}(x):\n    return x * {index + 2}",
            input = $"{name}(4)",
            output = $"{4 * (index + 2)}",
            nl = $"Write a function that gives the {name} of a number.",
            signature = $"def {name}(x)",
            assert = $"assert {name}(4) == {4 * (index + 2)}",
        })));
        var answers = Path.Combine(folder, "programs-answers.jsonl");
        File.WriteAllLines(answers,
        [
            JsonSerializer.Serialize(new { id = "double", text = "```python\ndef double(x):\n    return x + x  # twice\n```" }),
            JsonSerializer.Serialize(new { id = "double", turn = 1, text = "<<<Analysis>>> 4 + 4. <<<Output>>> 8 [END-OF-RESPONSE]" }),
            JsonSerializer.Serialize(new { id = "triple", text = "```python\ndef triple(x):\n    return x + x\n```" }),
        ]);
        await using var silo = await EmbeddedSilo.Start(folder);

        var trial = await Run(silo, Spec(task, 1) with
        {
            Task = task,
            Models = [new RecordedModel { Id = "recorded", Answers = answers }],
            Datasets = [new() { Id = "programs", Test = [problems] }],
            Methods = [new PromptingMethod { Id = style, Style = style }],
            Objective = new(metric, Direction.Maximize),
        });

        Assert.Equal(new Completed(), trial.Result.Outcome);
        Assert.Equal(0.5, trial.Result.Metrics[metric]);
        if (task == "der")
            Assert.Equal((0.5, 1.0), (trial.Result.Metrics["synthesis-rate"], trial.Result.Metrics["reasoning-rate"]));
    }

    private static async Task<TrialRecord> Run(EmbeddedSilo silo, ExperimentSpec spec)
    {
        var experiment = silo.Grains.GetGrain<IExperimentGrain>(spec.Name);
        await experiment.Submit(spec);
        await silo.WaitFor(spec.Name, now => now.State == ExperimentState.Finished, "finished");
        return Assert.Single(await experiment.GetTrials(0, 0, 10));
    }

    private static ServedModel Served(OpenAiServer server) => new() { Id = "served", Model = "m", Url = server.Url.ToString() };

    private static OpenAiServer.Reply Right(int number) => OpenAiServer.Reply.Good(string.Create(CultureInfo.InvariantCulture, $"<<<Output>>> {number} [END-OF-RESPONSE]"));

    private static int NumberIn(string body) => int.Parse(Call().Match(body).Groups[1].Value, CultureInfo.InvariantCulture);

    private ExperimentSpec Spec(string name, int problems)
    {
        var file = Path.Combine(folder, "problems.jsonl");
        File.WriteAllLines(file, Enumerable.Range(0, problems).Select(number => JsonSerializer.Serialize(new { id = $"p{number}", language = "python", code = "def echo(x):\n    return x", input = $"echo({number})", output = $"{number}" })));
        return new()
        {
            Name = name,
            Task = "ier",
            Datasets = [new() { Id = "echo", Test = [file] }],
            Methods = [new PromptingMethod { Id = "direct", Style = "direct" }],
            Objective = new("crr", Direction.Maximize),
            Needs = new() { Slot = Core.Devices.SlotKind.Light },
        };
    }

    [GeneratedRegex(@"echo\((\d+)\)")]
    private static partial Regex Call();
}
