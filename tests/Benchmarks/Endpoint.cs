using System.Diagnostics;
using System.Text;
using Nola.Benchmarks.Engine;
using Nola.Reasoning.Endpoints;

namespace Nola.Benchmarks;

/// <summary>What the client of language models costs against a bare HttpClient: 200 calls at once to a server that answers after 50 ms.</summary>
internal sealed class Endpoint : IBenchmark
{
    private const int Rounds = 7, Calls = 4000, AtOnce = 200, Milliseconds = 50;

    public string Name => "endpoint";

    public string About => "calls of a language model, against a bare HttpClient, 200 at once";

    public async Task<ImmutableArray<Figure>> Run(string folder, Action<string> tell)
    {
        using var server = ServerProcess.Start(Milliseconds);
        using var bare = new HttpClient();
        using var endpoint = new OpenAiEndpoint(new() { Url = server.Url, Model = "m" }, new AdaptiveLimiter(new() { Start = AtOnce, Maximum = AtOnce }));
        var call = new EndpointCall { Id = "p", Prompt = new() { User = "echo(5)", MaxTokens = 5 } };
        const string body = """{"model":"m","messages":[{"role":"user","content":"echo(5)"}],"temperature":0,"top_p":1,"max_tokens":5}""";
        var address = new Uri(server.Url + "/chat/completions");

        async Task Bare()
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await bare.PostAsync(address, content);
            response.EnsureSuccessStatusCode();
            await response.Content.ReadAsByteArrayAsync();
        }

        async Task Client()
        {
            if (await endpoint.Ask(call, default) is Unanswered fault)
                throw new InvalidOperationException(fault.Reason);
        }

        await Measure(Bare);
        await Measure(Client);
        var (ratios, cpuBare, cpuClient, allocated) = (ImmutableArray.CreateBuilder<double>(), ImmutableArray.CreateBuilder<double>(), ImmutableArray.CreateBuilder<double>(), ImmutableArray.CreateBuilder<double>());
        for (var round = 1; round <= Rounds; round++)
        {
            // In turns, so that what else the machine does meets both alike.
            var (one, other) = round % 2 == 0 ? (await Measure(Bare), await Measure(Client)) : Swap(await Measure(Client), await Measure(Bare));
            ratios.Add(100 * other.Rate / one.Rate);
            cpuBare.Add(one.Cpu);
            cpuClient.Add(other.Cpu);
            allocated.Add(other.Allocated - one.Allocated);
            tell(string.Create(CultureInfo.InvariantCulture, $"round {round}: bare {one.Rate:0} calls/s, {one.Cpu:0.000} ms CPU; client {other.Rate:0} calls/s, {other.Cpu:0.000} ms CPU, {allocated[^1]:0.0} KB more"));
        }

        return
        [
            new(Name, "client's calls a second, by those of a bare HttpClient", "%", ratios.ToImmutable(), Target: 90, IsAtLeast: true),
            new(Name, "CPU time of a call, client", "ms", cpuClient.ToImmutable()),
            new(Name, "CPU time of a call, bare HttpClient", "ms", cpuBare.ToImmutable()),
            new(Name, "allocated by a call beyond a bare one", "KB", allocated.ToImmutable()),
        ];
    }

    private static (T, T) Swap<T>(T client, T bare) => (bare, client);

    private static async Task<(double Rate, double Cpu, double Allocated)> Measure(Func<Task> call)
    {
        var (cpu, bytes, began) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(), Stopwatch.GetTimestamp());
        await Parallel.ForAsync(0, Calls, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, _) => await call());
        var elapsed = Stopwatch.GetElapsedTime(began);
        return (Calls / elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / Calls, (GC.GetTotalAllocatedBytes() - bytes) / (double)Calls / 1024);
    }
}
