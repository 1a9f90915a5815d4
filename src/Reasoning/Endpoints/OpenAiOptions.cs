using System.Text.Json.Nodes;
using Nola.Core.Experiments;

namespace Nola.Reasoning.Endpoints;

/// <summary>An OpenAI-compatible server (OpenAI, Azure OpenAI, vLLM, TGI, Ollama, llama.cpp) and how to treat it.</summary>
public sealed record OpenAiOptions
{
    /// <summary>Address up to <c>/v1</c>; a query such as <c>?api-version=…</c> is kept.</summary>
    public required Uri Url { get; init; }

    /// <summary>Model, as the server calls it.</summary>
    public required string Model { get; init; }

    /// <summary>Sent with each request; null sends none. Default: null.</summary>
    public ApiKey? Key { get; init; }

    /// <summary>Header that carries the key: <c>Authorization</c> carries it as a bearer token, any other (Azure: <c>api-key</c>) as it is. Default: Authorization.</summary>
    public string KeyHeader { get; init; } = "Authorization";

    /// <summary>Null asks <c>/chat/completions</c>; a frame asks <c>/completions</c> with the framed prompt. Default: null.</summary>
    public PromptFrame? Completions { get; init; }

    /// <summary>Whether log probabilities are asked for. Default: false.</summary>
    public bool LogProbabilities { get; init; }

    /// <summary>Further keys of the request, such as <c>top_k</c>; they win over the client's own, and null takes a key away. Default: none.</summary>
    public JsonObject? ExtraBody { get; init; }

    /// <summary>Time for one request. Default: 2 min.</summary>
    public TimeSpan AttemptTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Time for a call with all its retries and waits. Default: 30 min.</summary>
    public TimeSpan TotalTime { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Requests for one call at most; those that a limit (429) refused count too. Default: 12.</summary>
    public int MaxAttempts { get; init; } = 12;

    /// <summary>The same failure this many times in a row is final: it would come again. Refusals (429) do not count. Default: 4.</summary>
    public int MaxIdenticalFailures { get; init; } = 4;

    /// <summary>First wait before a retry; it doubles each time, with jitter. Default: 1 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait before a retry, whatever Retry-After says. Default: 60 s.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Share of failures in 30 s at which the endpoint is left alone for <see cref="BreakTime"/>, from 20 requests on; 429 is no failure. Default: 0.9.</summary>
    public double BreakRatio { get; init; } = 0.9;

    /// <summary>How long an endpoint that fails all the time is left alone. Default: 15 s.</summary>
    public TimeSpan BreakTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Largest response in bytes. Default: 16 MiB.</summary>
    public int MaxResponse { get; init; } = 16 * 1024 * 1024;

    /// <summary>Seed of the jitter. Default: 0.</summary>
    public int Seed { get; init; }

    /// <summary>Whether prompts and answers are written into traces. Default: false.</summary>
    public bool TraceContent { get; init; }

    internal Uri Address
    {
        get
        {
            var address = new UriBuilder(Url);
            address.Path = address.Path.TrimEnd('/') + (Completions is null ? "/chat/completions" : "/completions");
            return address.Uri;
        }
    }
}
