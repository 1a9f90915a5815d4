using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Nola.Reasoning.Endpoints;

/// <summary>Traces and metrics of calls to LLMs, by OpenTelemetry's <c>gen_ai.*</c> conventions.</summary>
public static class EndpointInstruments
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "Nola.Reasoning";

    internal const string OperationTag = "gen_ai.operation.name";
    internal const string SystemTag = "gen_ai.provider.name";
    internal const string ModelTag = "gen_ai.request.model";
    internal const string TokenTypeTag = "gen_ai.token.type";
    internal const string ErrorTag = "error.type";
    internal const string AddressTag = "server.address";
    internal const string PortTag = "server.port";

    internal static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("gen_ai.client.operation.duration", "s", "Time of a call with its retries.");
    private static readonly Histogram<long> Tokens = Meter.CreateHistogram<long>("gen_ai.client.token.usage", "{token}", "Tokens of a call.");
    private static readonly Counter<long> Requests = Meter.CreateCounter<long>("nola.endpoint.requests", "{request}", "Requests sent, retries included.");

    internal static void Record(OpenAiOptions options, EndpointReply reply)
    {
        var tags = new TagList
        {
            { OperationTag, OperationOf(options) },
            { SystemTag, "openai" },
            { ModelTag, options.Model },
            { AddressTag, options.Url.Host },
            { PortTag, options.Url.Port },
        };
        Requests.Add(reply.Attempts, tags);
        if (reply is Answered answer)
        {
            Tokens.Record(answer.Tokens.Prompt, [.. tags, new(TokenTypeTag, "input")]);
            Tokens.Record(answer.Tokens.Completion, [.. tags, new(TokenTypeTag, "output")]);
        }
        else
            tags.Add(ErrorTag, "unanswered");
        Duration.Record(reply.Elapsed.TotalSeconds, tags);
    }

    internal static string OperationOf(OpenAiOptions options) => options.Completions is null ? "chat" : "text_completion";
}
