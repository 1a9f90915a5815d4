using System.Diagnostics;
using System.Text;
using Nola.Reasoning.Endpoints;
using Nola.Testing.Servers;

namespace Nola.Reasoning.Tests.Endpoints;

/// <summary>What the client costs against a bare HttpClient; explicit because it needs a quiet machine.</summary>
public sealed class OverheadTests(ITestOutputHelper output)
{
    private const int Calls = 4000, AtOnce = 200;

    [Fact(Explicit = true)]
    public async Task Ask_TwoHundredAtOnce_ReachesNineTenthsOfABareClient()
    {
        await using var server = await OpenAiServer.Start(_ => OpenAiServer.Reply.Good());
        server.Keeps = false;
        server.Delay = TimeSpan.FromMilliseconds(50);
        using var bare = new HttpClient();
        using var endpoint = new OpenAiEndpoint(new() { Url = server.Url, Model = "m" }, new AdaptiveLimiter(new() { Start = AtOnce, Maximum = AtOnce }));
        var call = new EndpointCall { Id = "p", Prompt = new() { User = "what?", MaxTokens = 5 } };
        async Task Bare()
        {
            using var content = new StringContent("""{"model":"m","messages":[{"role":"user","content":"what?"}],"temperature":0,"top_p":1,"max_tokens":5}""", Encoding.UTF8, "application/json");
            using var response = await bare.PostAsync(server.Url + "/chat/completions", content);
            await response.Content.ReadAsByteArrayAsync();
        }

        async Task Client() => Assert.IsType<Answered>(await endpoint.Ask(call, default));

        await PerSecond(Bare);
        await PerSecond(Client);
        var (raw, rawCpu) = await PerSecond(Bare);
        var (client, clientCpu) = await PerSecond(Client);

        output.WriteLine($"bare {raw:0} calls/s, {rawCpu:0.000} ms of processor time a call; client {client:0} calls/s, {clientCpu:0.000} ms; both with the server in the same process");
        Assert.InRange(client / raw, 0.9, double.MaxValue);
    }

    private static async Task<(double Rate, double Cpu)> PerSecond(Func<Task> call)
    {
        var started = Stopwatch.GetTimestamp();
        var cpu = Environment.CpuUsage.TotalTime;
        await Parallel.ForAsync(0, Calls, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, _) => await call());
        return (Calls / Stopwatch.GetElapsedTime(started).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / Calls);
    }
}
