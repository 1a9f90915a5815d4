using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Nola.Reasoning.Endpoints;
using Nola.Reasoning.Tasks;
using Nola.Testing.Servers;
using static Nola.Testing.Servers.OpenAiServer;

namespace Nola.Reasoning.Tests.Endpoints;

/// <summary>The client holds against a server that misbehaves.</summary>
public sealed class OpenAiEndpointTests
{
    private static readonly TimeSpan AttemptTime = TimeSpan.FromMinutes(2), TotalTime = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ObservedTime time = new();

    [Fact]
    public async Task Ask_GoodServer_AnswersWithTokensAndSendsAllThatIsAsked()
    {
        await using var server = await Start(_ => Reply.Good("it is 84"));
        using var endpoint = Create(server);

        var answer = Assert.IsType<Answered>(await Ask(endpoint));

        Assert.Equal(("it is 84", "stop", 1, new TokenUse(11, 7)), (answer.Text, answer.FinishReason, answer.Attempts, answer.Tokens));
        var request = Assert.Single(server.Requests);
        Assert.Equal("/v1/chat/completions", request.Path);
        Assert.Equal("""{"model":"m","messages":[{"role":"system","content":"be brief"},{"role":"user","content":"what?"}],"temperature":0.2,"top_p":1,"max_tokens":50,"stop":["END"],"seed":7}""", request.Body);
        Assert.False(request.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Ask_PlainCompletions_SendsTheWrappedPrompt()
    {
        await using var server = await Start(_ => Reply.Good());
        using var endpoint = Create(server, options => options with { Completions = PromptFrames.Known["inst"], LogProbabilities = true, ExtraBody = new JsonObject { ["top_k"] = 5, ["top_p"] = null } });

        Assert.IsType<Answered>(await Ask(endpoint));

        var request = Assert.Single(server.Requests);
        Assert.Equal("/v1/completions", request.Path);
        Assert.Equal("[INST] be brief\n\nwhat? [/INST]", request.Json.GetProperty("prompt").GetString());
        Assert.Equal((1, 5, false), (request.Json.GetProperty("logprobs").GetInt32(), request.Json.GetProperty("top_k").GetInt32(), request.Json.TryGetProperty("top_p", out _)));
    }

    [Theory]
    [InlineData("Authorization", "Bearer secret-5")]
    [InlineData("api-key", "secret-5")]
    public async Task Ask_WithKey_SendsItAndKeepsItOutOfReasons(string header, string value)
    {
        await using var server = await Start(_ => new Reply(401, "wrong key secret-5"));
        Environment.SetEnvironmentVariable("NOLA_TEST_KEY", "secret-5");
        using var endpoint = Create(server, options => options with { Key = ApiKey.Read("env:NOLA_TEST_KEY"), KeyHeader = header });

        var reply = Assert.IsType<Unanswered>(await Ask(endpoint));

        Assert.Equal(value, Assert.Single(server.Requests).Headers[header]);
        Assert.Equal("status 401: wrong key ***", reply.Reason);
    }

    [Theory]
    [InlineData("3", 3)]
    [InlineData("86400000", 60)]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT", 60)]
    public async Task Ask_Refused_WaitsAsAskedUpToTheCap(string retryAfter, int seconds)
    {
        await using var server = await Start(request => request.Number == 1 ? new Reply(429, "slow down") { RetryAfter = retryAfter } : Reply.Good());
        using var endpoint = Create(server);

        var call = Ask(endpoint);
        var wait = await time.PassWait(AttemptTime, TotalTime);

        Assert.Equal(TimeSpan.FromSeconds(seconds), wait);
        Assert.Equal(2, Assert.IsType<Answered>(await call.WaitAsync(Patience)).Attempts);
    }

    [Theory]
    [InlineData("-5")]
    [InlineData("99999999999999999999999")]
    [InlineData("tomorrow")]
    [InlineData("Thu, 01 Jan 1970 00:00:00 GMT")]
    public async Task Ask_RefusedWithNonsense_WaitsByItself(string retryAfter)
    {
        await using var server = await Start(request => request.Number == 1 ? new Reply(429, "") { RetryAfter = retryAfter } : Reply.Good());
        using var endpoint = Create(server);

        var call = Ask(endpoint);
        var wait = await time.PassWait(AttemptTime, TotalTime);

        Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(60));
        Assert.IsType<Answered>(await call.WaitAsync(Patience));
    }

    [Fact]
    public async Task Ask_RefusedForEver_EndsAfterMaxAttempts()
    {
        await using var server = await Start(_ => new Reply(429, "limit") { RetryAfter = "1" });
        using var endpoint = Create(server, options => options with { MaxAttempts = 5 });

        var call = Ask(endpoint);
        for (var i = 0; i < 4; i++)
            await time.PassWait(AttemptTime, TotalTime);

        Assert.Equal("status 429: limit (given up after 5 requests)", Assert.IsType<Unanswered>(await call.WaitAsync(Patience)).Reason);
        Assert.Equal(5, server.Count);
    }

    [Fact]
    public async Task Ask_SameFailureForEver_EndsAfterAFew()
    {
        await using var server = await Start(_ => new Reply(500, "prompt makes me fall over"));
        using var endpoint = Create(server);

        var call = Ask(endpoint);
        for (var i = 0; i < 3; i++)
            await time.PassWait(AttemptTime, TotalTime);

        Assert.Equal("status 500: prompt makes me fall over (given up after the same failure 4 times)", Assert.IsType<Unanswered>(await call.WaitAsync(Patience)).Reason);
        Assert.Equal(4, server.Count);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(422)]
    [InlineData(302)]
    public async Task Ask_FinalStatus_IsNotTriedAgain(int status)
    {
        await using var server = await Start(_ => new Reply(status, "no"));
        using var endpoint = Create(server);

        Assert.Equal(new Unanswered($"status {status}: no", 1, TimeSpan.Zero), await Ask(endpoint) with { Elapsed = TimeSpan.Zero });
        Assert.Equal(1, server.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ask_SlowServer_IsGivenUpOnAndAskedAgain(bool beforeHeaders)
    {
        await using var server = await Start(request => request.Number == 1 ? Reply.Good() with { HangsBeforeHeaders = beforeHeaders, HangsInBody = !beforeHeaders } : Reply.Good());
        using var endpoint = Create(server);

        var call = Ask(endpoint);
        Assert.True(await server.Hanging.WaitAsync(Patience));
        time.Advance(AttemptTime);
        await time.PassWait(AttemptTime, TotalTime);

        Assert.Equal(2, Assert.IsType<Answered>(await call.WaitAsync(Patience)).Attempts);
    }

    [Fact]
    public async Task Ask_ServerHangsForLongerThanAllTime_IsUnanswered()
    {
        await using var server = await Start(_ => Reply.Good() with { HangsBeforeHeaders = true });
        using var endpoint = Create(server, options => options with { AttemptTime = TimeSpan.FromHours(2) });

        var call = Ask(endpoint);
        Assert.True(await server.Hanging.WaitAsync(Patience));
        time.Advance(TotalTime);

        Assert.Equal("no answer within 1800 s and 1 requests", Assert.IsType<Unanswered>(await call.WaitAsync(Patience)).Reason);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("cut at once")]
    [InlineData("malformed")]
    [InlineData("html")]
    [InlineData("empty choices")]
    [InlineData("no text")]
    [InlineData("array")]
    [InlineData("408")]
    public async Task Ask_BrokenResponse_IsAskedForAgain(string how)
    {
        var broken = how switch
        {
            "cut" => Reply.Good() with { CutsAfter = 20 },
            "cut at once" => Reply.Good() with { CutsAfter = 0 },
            "malformed" => new(200, Answer("fine")[..^3]),
            "html" => new(200, "<html>busy</html>"),
            "empty choices" => new(200, """{"choices": []}"""),
            "no text" => new(200, """{"choices": [{"message": {"content": null}}]}"""),
            "array" => new(200, "[1]"),
            _ => new Reply(408, ""),
        };
        await using var server = await Start(request => request.Number == 1 ? broken : Reply.Good());
        using var endpoint = Create(server);

        var call = Ask(endpoint);
        await time.PassWait(AttemptTime, TotalTime);

        Assert.Equal(("fine", 2), Assert.IsType<Answered>(await call.WaitAsync(Patience)) is var answer ? (answer.Text, answer.Attempts) : default);
    }

    [Fact]
    public async Task Ask_TruncatedAnswer_IsAnAnswerThatSaysSo()
    {
        await using var server = await Start(_ => new Reply(200, Answer("it is", "length")));
        using var endpoint = Create(server);

        Assert.True(Assert.IsType<Answered>(await Ask(endpoint)).IsTruncated);
    }

    [Fact]
    public async Task Ask_ResponseWithoutUsage_EstimatesTokens()
    {
        await using var server = await Start(_ => new Reply(200, """{"choices": [{"message": {"content": "four"}}]}"""));
        using var endpoint = Create(server);

        var tokens = Assert.IsType<Answered>(await Ask(endpoint)).Tokens;

        Assert.True(tokens is { IsEstimate: true, Completion: 2, Prompt: > 16 });
    }

    [Fact]
    public async Task Ask_ResponseLargerThanAllowed_IsUnanswered()
    {
        await using var server = await Start(_ => Reply.Good(new string('x', 100_000)));
        using var endpoint = Create(server, options => options with { MaxResponse = 10_000, MaxIdenticalFailures = 1 });

        Assert.IsType<Unanswered>(await Ask(endpoint).WaitAsync(Patience));
    }

    [Fact]
    public async Task Ask_NobodyListens_IsUnanswered()
    {
        var server = await Start(_ => Reply.Good());
        using var endpoint = Create(server, options => options with { MaxIdenticalFailures = 1 });
        await server.DisposeAsync();

        Assert.StartsWith("the request failed (ConnectionError)", Assert.IsType<Unanswered>(await Ask(endpoint)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_ServerFailsAllTheTime_IsLeftAloneForAWhile()
    {
        var healthy = false;
        await using var server = await Start(request => healthy ? Reply.Good() : new Reply(503, $"down {request.Number}"));
        using var endpoint = Create(server, options => options with { MaxAttempts = 1 });
        for (var i = 0; i < 20; i++)
            Assert.IsType<Unanswered>(await Ask(endpoint));

        var call = Ask(endpoint);
        healthy = true;
        var wait = await time.PassWait(AttemptTime, TotalTime);

        Assert.Equal(TimeSpan.FromSeconds(15), wait);
        Assert.Equal(1, Assert.IsType<Answered>(await call.WaitAsync(Patience)).Attempts);
        Assert.Equal(21, server.Count);
    }

    [Fact]
    public async Task Ask_Cancelled_Throws()
    {
        await using var server = await Start(_ => Reply.Good() with { HangsBeforeHeaders = true });
        using var endpoint = Create(server);
        using var stop = new CancellationTokenSource();

        var call = endpoint.Ask(Call("a"), stop.Token);
        Assert.True(await server.Hanging.WaitAsync(Patience));
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Patience));
    }

    [Fact]
    public async Task Ask_Traced_FollowsTheConventionsWithoutContent()
    {
        var activities = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == EndpointInstruments.Name,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var server = await Start(_ => Reply.Good());
        using var endpoint = Create(server, options => options with { Model = "traced" });

        await Ask(endpoint);

        var activity = Assert.Single(activities, activity => activity.DisplayName == "chat traced");
        Assert.Equal(11L, activity.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.DoesNotContain(activity.TagObjects, tag => tag.Key.EndsWith("messages", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ask_TenThousandItemsOfAServerThatMisbehaves_OneAnswerEachAndLimitsKept()
    {
        const int items = 10_000;
        var paid = new ConcurrentDictionary<string, int>();
        var tries = new ConcurrentDictionary<string, int>();
        await using var server = await Start(request =>
        {
            var id = request.Json.GetProperty("messages")[0].GetProperty("content").GetString()!;
            if (id == "p13")
                return new Reply(500, "this prompt makes me fall over");
            // Four failures alike in a row would rightly be final.
            var trouble = tries.AddOrUpdate(id, 1, (_, count) => count + 1) > 3 ? null : (request.Number % 40) switch
            {
                1 => new Reply(429, "slow down") { RetryAfter = "86400" },
                2 => new Reply(500, "oops " + request.Number),
                3 => Reply.Good() with { CutsAfter = 10 },
                4 => new Reply(200, "{\"choices\": ["),
                5 => new Reply(200, """{"choices": []}"""),
                _ => null,
            };
            if (trouble is null)
                paid.AddOrUpdate(id, 1, (_, count) => count + 1);
            return trouble ?? Reply.Good(id);
        });
        server.Keeps = false;
        var limiter = new AdaptiveLimiter(new() { Start = 20, Maximum = 50 });
        // The waits are the shortest that there are, so the test takes no longer than the requests.
        using var endpoint = new OpenAiEndpoint(new() { Url = server.Url, Model = "m", RetryDelay = TimeSpan.FromMilliseconds(1), MaxRetryDelay = TimeSpan.FromMilliseconds(2), MaxAttempts = 30 }, limiter);
        var replies = new ConcurrentDictionary<string, EndpointReply>();

        await Parallel.ForAsync(0, items, new ParallelOptions { MaxDegreeOfParallelism = 200 }, async (i, stop) =>
            replies[$"p{i}"] = await endpoint.Ask(new() { Id = $"p{i}", Prompt = new() { User = $"p{i}", MaxTokens = 5 } }, stop));

        Assert.Equal(items, replies.Count);
        Assert.Equal(["p13"], replies.Where(reply => reply.Value is Unanswered).Select(reply => reply.Key));
        Assert.All(replies.Where(reply => reply.Key != "p13"), reply => Assert.Equal(reply.Key, ((Answered)reply.Value).Text));
        Assert.Equal(items - 1, paid.Count);
        Assert.All(paid, pair => Assert.Equal(1, pair.Value));
        Assert.InRange(server.MaxInFlight, 2, 50);
        Assert.InRange(server.Count, items, items * 5 / 4);
    }

    [Theory]
    [InlineData("first", "second", false)]
    [InlineData("first", "first", true)]
    public async Task KeyOf_Call_DependsOnContent(string a, string b, bool same)
    {
        await using var server = await Start(_ => Reply.Good());
        using var endpoint = Create(server);

        Assert.Equal(same, endpoint.KeyOf(Call(a)) == endpoint.KeyOf(Call(b)));
        Assert.NotEqual(endpoint.KeyOf(Call(a)), endpoint.KeyOf(Call(a) with { Sample = 1 }));
    }

    private static Task<EndpointReply> Ask(IEndpoint endpoint) => endpoint.Ask(Call("what?"), CancellationToken.None);

    private static EndpointCall Call(string user) => new()
    {
        Id = "p",
        Prompt = new Prompt { System = "be brief", User = user, MaxTokens = 50, Stop = ["END"] },
        Sampling = new() { Temperature = 0.2 },
        Seed = 7,
    };

    private OpenAiEndpoint Create(OpenAiServer server, Func<OpenAiOptions, OpenAiOptions>? change = null)
    {
        var options = new OpenAiOptions { Url = server.Url, Model = "m", AttemptTime = AttemptTime, TotalTime = TotalTime };
        return new(change?.Invoke(options) ?? options, new AdaptiveLimiter(time: time), time);
    }
}
