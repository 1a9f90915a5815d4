using Nola.Core.Endpoints;

namespace Nola.Core.Experiments;

/// <summary>A language model that answers prompts. One class per kind of endpoint.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.EndpointModel")]
public abstract record EndpointModel : ModelSpec
{
    /// <summary>What its tokens cost; null when they cost nothing.</summary>
    public PricePerToken? Price { get; init; }
}

/// <summary>A model behind a URL that speaks OpenAI's API.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.ServedModel")]
public sealed record ServedModel : EndpointModel
{
    /// <summary>Address up to <c>/v1</c>; a query such as <c>?api-version=…</c> is kept.</summary>
    public required string Url { get; init; }

    /// <summary>Model, as the server calls it.</summary>
    public required string Model { get; init; }

    /// <summary>Where the key is: <c>env:NAME</c> or <c>file:PATH</c>, read by the silo that calls; null sends none. Never the key itself.</summary>
    public string? Key { get; init; }

    /// <summary>Header that carries the key; <c>Authorization</c> carries it as a bearer token. Default: Authorization.</summary>
    public string KeyHeader { get; init; } = "Authorization";

    /// <summary>How prompts are wrapped for plain completions; null asks for chat completions, whose server wraps them. Default: null.</summary>
    public PromptFrame? Completions { get; init; }

    /// <summary>Further keys of each request, a JSON object; they win over Nola's own. Default: none.</summary>
    public string? Body { get; init; }

    /// <summary>Whether log probabilities are asked for and kept. Default: false.</summary>
    public bool LogProbabilities { get; init; }

    /// <summary>Samples of one question that a request asks for; where the server gives fewer, one each. Default: 1.</summary>
    public int SamplesPerRequest { get; init; } = 1;

    /// <summary>Time for one request. Default: 2 min.</summary>
    public TimeSpan AttemptTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Time for a call with all its retries and waits. Default: 30 min.</summary>
    public TimeSpan TotalTime { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>What the account allows; all silos together keep to it.</summary>
    public EndpointLimits Limits { get; init; } = new();

    /// <summary>Names the account that the limits belong to: models at one address with one key share it.</summary>
    public string Account => Key is null ? Url : $"{Url} {Key}";
}

/// <summary>A causal language model in a folder, which a worker process of the silo runs.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.LocalModel")]
public sealed record LocalModel : EndpointModel
{
    /// <summary>Absolute path of its Hugging Face folder, readable on every silo.</summary>
    public required string Path { get; init; }

    /// <summary>How prompts are wrapped; null leaves them as they are. Default: null.</summary>
    public PromptFrame? Completions { get; init; }

    /// <summary>SHA-256 over the folder's weights and configuration, in hexadecimal, taken at submission; null when not taken.</summary>
    public string? Sha256 { get; init; }
}

/// <summary>Answers that were recorded earlier.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.RecordedModel")]
public sealed record RecordedModel : EndpointModel
{
    /// <summary>JSON lines <c>{"id": …, "sample": 0, "turn": 0, "text": …}</c>, an absolute path that every silo can read.</summary>
    public required string Answers { get; init; }

    /// <summary>SHA-256 of the file in hexadecimal, taken at submission; null when not taken.</summary>
    public string? Sha256 { get; init; }
}

/// <summary>Texts around a prompt, which tell a model of some family where it begins and ends.</summary>
/// <param name="Before">Text before the prompt.</param>
/// <param name="After">Text after the prompt.</param>
[GenerateSerializer]
[Alias("nola.PromptFrame")]
public sealed record PromptFrame([property: Id(0)] string Before, [property: Id(1)] string After);

/// <summary>Price of tokens.</summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="PromptPerMillion">Price of a million tokens of prompts.</param>
/// <param name="CompletionPerMillion">Price of a million tokens of completions.</param>
[GenerateSerializer]
[Alias("nola.PricePerToken")]
public sealed record PricePerToken([property: Id(0)] string Currency, [property: Id(1)] decimal PromptPerMillion, [property: Id(2)] decimal CompletionPerMillion)
{
    /// <summary>Cost: prompt price × prompt tokens / 10⁶ + completion price × completion tokens / 10⁶.</summary>
    public decimal CostOf(long prompt, long completion) => (PromptPerMillion * prompt + CompletionPerMillion * completion) / 1_000_000m;
}
