using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Nola.Contracts;
using Nola.Core.Experiments;
using Nola.Testing.Servers;

namespace Nola.Silo.Tests.Health;

/// <summary>Traces go to where OpenTelemetry's variables say.</summary>
public sealed class TraceExportTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-traces-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task EndpointVariableIsSet_CallsAreExportedWithoutTheirContent()
    {
        var received = new ConcurrentQueue<(string Path, string Body)>();
        await using var receiver = await Receiver(received);
        await using var server = await OpenAiServer.Start(_ => OpenAiServer.Reply.Good("<<<Output>>> 1 [END-OF-RESPONSE]"));
        var (endpoint, protocol) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL");
        Environment.SetEnvironmentVariable(protocol, "http/protobuf");
        Environment.SetEnvironmentVariable(endpoint, receiver.Urls.First());
        try
        {
            await using var silo = await EmbeddedSilo.Start(folder);
            await silo.Grains.GetGrain<IExperimentGrain>("traced").Submit(Spec(server.Url));
            await silo.WaitFor("traced", now => now.State == ExperimentState.Finished, "finished");
        }
        finally
        {
            Environment.SetEnvironmentVariable(endpoint, null);
            Environment.SetEnvironmentVariable(protocol, null);
        }

        // Names and values stand in protobuf as they are.
        var spans = string.Concat(received.Where(request => request.Path == "/v1/traces").Select(request => request.Body));
        foreach (var expected in new[] { "nola", "Nola.Reasoning", "chat traced-model", "gen_ai.request.model", "gen_ai.usage.input_tokens", "p0", "p1" })
            Assert.Contains(expected, spans, StringComparison.Ordinal);
        Assert.DoesNotContain("secret_name", spans, StringComparison.Ordinal);
        Assert.DoesNotContain("END-OF-RESPONSE", spans, StringComparison.Ordinal);
    }

    private ExperimentSpec Spec(Uri server)
    {
        var file = Path.Combine(folder, "problems.jsonl");
        File.WriteAllLines(file, Enumerable.Range(0, 2).Select(number =>
            JsonSerializer.Serialize(new { id = $"p{number}", language = "python", code = "def secret_name(x):\n    return x", input = "secret_name(1)", output = "1" })));
        return new()
        {
            Name = "traced",
            Task = "ier",
            Models = [new ServedModel { Id = "m", Model = "traced-model", Url = server.ToString() }],
            Datasets = [new() { Id = "echo", Test = [file] }],
            Methods = [new PromptingMethod { Id = "direct", Style = "direct" }],
            Objective = new("crr", Direction.Maximize),
            Needs = new() { Slot = Core.Devices.SlotKind.Light },
        };
    }

    private static async Task<WebApplication> Receiver(ConcurrentQueue<(string Path, string Body)> received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        application.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.Enqueue((context.Request.Path, Encoding.UTF8.GetString(body.ToArray())));
        });
        await application.StartAsync();
        return application;
    }
}
