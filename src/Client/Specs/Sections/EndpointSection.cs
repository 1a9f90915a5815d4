using System.Text.Json.Nodes;
using Nola.Client.Specs.Checks;
using Nola.Client.Specs.Forms;
using Nola.Core.Endpoints;
using Nola.Core.Experiments;
using Nola.Core.Quantities;

namespace Nola.Client.Specs.Sections;

/// <summary>The keys of a model that answers prompts: behind a URL, or in a file of recorded answers.</summary>
internal static class EndpointSection
{
    private const string OpenAi = "openai";
    private const string Replay = "replay";
    private const string Local = "local";

    private static readonly Key<string> Kind = new("endpoint", new ChoiceForm<string>("endpoint", (OpenAi, OpenAi), (Local, Local), (Replay, Replay)), "For tasks that ask a language model: openai for a server that speaks OpenAI's API (OpenAI, Azure, vLLM, TGI, Ollama, llama.cpp), local for a folder with a llama or mistral that a worker runs, replay for recorded answers.");
    private static readonly Key<Uri> Url = new("url", new AddressForm(), "Address of the server up to /v1.");
    private static readonly Key<string> Model = new("model", Values.Text(), "The model, as the server calls it.", "the id");
    private static readonly Key<string> ApiKeySource = new("key", new KeySourceForm(), "Where the silo that calls finds the key: env:NAME or file:PATH.", "no key is sent");
    private static readonly Key<string> KeyHeader = new("keyHeader", Values.Text(), "Header that carries the key; Azure's is api-key.", "Authorization, as a bearer token");
    private static readonly Key<string> Before = new("before", Values.Text(), "Text before the prompt.", "none");
    private static readonly Key<string> After = new("after", Values.Text(), "Text after the prompt.", "none");
    private static readonly Section<PromptFrame> Frame = new("models[].completions", "Texts around each prompt.", [Before, After], fields => new(fields.Get(Before, ""), fields.Get(After, "")));
    private static readonly Key<PromptFrame> Completions = new("completions", new FrameForm(Frame), "Asks for plain completions, with each prompt in the frame that the model was trained with.", "chat completions, which the server frames");
    private static readonly Key<JsonObject> Body = new("body", new JsonForm(), "Further keys of each request, such as { top_k: 20 }; they win over Nola's own.", "none");
    private static readonly Key<bool> LogProbabilities = new("logProbabilities", Values.Truth, "Asks for log probabilities, which are kept with the answers.", "false");
    private static readonly Key<int> SamplesPerRequest = new("samplesPerRequest", Values.Integer(1, 128), "Samples of one question that a request asks for (n): prompts are then paid once for them. A server that gives fewer is asked for each.", "1");
    private static readonly Key<TimeSpan> AttemptTime = new("attemptTime", Values.Duration, "Time for one request.", "2m");
    private static readonly Key<TimeSpan> TotalTime = new("totalTime", Values.Duration, "Time for a call with all its retries and waits.", "30m");

    private static readonly Key<Money> PromptPrice = new("prompt", Values.TokenPrice, "Price of tokens of prompts.") { IsRequired = true };
    private static readonly Key<Money> CompletionPrice = new("completion", Values.TokenPrice, "Price of tokens of answers.") { IsRequired = true };
    private static readonly Section<PricePerToken> PriceSection = new("models[].price", "What tokens cost.", [PromptPrice, CompletionPrice], BuildPrice);
    private static readonly Key<PricePerToken> Price = new("price", PriceSection.Form, "What tokens cost; reports then show costs, and budgets may cap them.", "nothing");

    private static readonly Key<int> Start = new("start", Values.Integer(1, 100_000), "Requests at once at the beginning.", "20");
    private static readonly Key<int> Most = new("concurrency", Values.Integer(1, 100_000), "Most requests at once, over all silos.", "100");
    private static readonly Key<long> RequestsPerMinute = new("requestsPerMinute", Values.Count, "Requests a minute, over all silos.", "no limit");
    private static readonly Key<long> TokensPerMinute = new("tokensPerMinute", Values.Count, "Tokens a minute, prompts and answers, over all silos.", "no limit");
    private static readonly Section<EndpointLimits> LimitsSection = new("models[].limits", "What the account allows. Within this, the number of requests at once adapts to what the server takes.", [Start, Most, RequestsPerMinute, TokensPerMinute], BuildLimits);
    private static readonly Key<EndpointLimits> Limits = new("limits", LimitsSection.Form, "What the account allows; models at one address with one key share it.", "100 requests at once");

    private static readonly Key<string> Answers = new("answers", Values.Text("the path of a file"), "For replay: recorded answers, JSON lines { \"id\": …, \"sample\": 0, \"text\": … }.");

    /// <summary>All keys, for the map of a model.</summary>
    public static ImmutableArray<Key> Keys { get; } =
        [Kind, Url, Model, ApiKeySource, KeyHeader, Completions, Body, LogProbabilities, SamplesPerRequest, AttemptTime, TotalTime, Price, Limits, Answers];

    /// <summary>Whether the map is one of a model that answers prompts.</summary>
    public static bool IsIn(Fields fields) => fields.Has(Kind);

    /// <summary>The keys that are there but mean nothing without <c>endpoint</c>.</summary>
    public static void RefuseIn(Fields fields)
    {
        foreach (var key in Keys.Where(fields.Has))
            fields.Context.Problems.Add(fields.MarkOf(key), $"the model has the key '{key.Name}' but no endpoint", "write endpoint: openai, endpoint: local or endpoint: replay too");
    }

    /// <summary>The model; null after problems were added.</summary>
    public static ModelDraft? Build(Fields fields, string? id, Key<string> folder)
    {
        var problems = fields.Context.Problems;
        var kind = fields.Get(Kind, "");
        if (kind.Length == 0)
            return null;
        Key[] own = kind switch
        {
            Replay => [Kind, Answers, Price],
            Local => [Kind, folder, Completions, Price],
            _ => [.. Keys.Except([Answers])],
        };
        foreach (var key in Keys.Append(folder).Except(own).Where(fields.Has))
            problems.Add(fields.MarkOf(key), $"the endpoint {kind} has no key '{key.Name}'", kind is Replay or Local ? $"its keys are {string.Join(", ", own.Skip(1).Select(key => key.Name))}" : $"it belongs to endpoint: {(key == folder ? Local : Replay)}");
        var needed = kind switch { Replay => (Key)Answers, Local => folder, _ => Url };
        if (!fields.Has(needed))
            problems.Add(fields.At, $"the endpoint {kind} lacks the key '{needed.Name}'", $"write {needed.Form.Words}");
        if (id is null)
            problems.Add(fields.At, "the model has no id", "write the name that reports shall show");
        if (kind == Replay)
            return fields.FindObject(Answers) is { } typed ? new(Recorded(fields, id ?? "replay", typed), fields.At, null) : null;
        if (kind == Local)
            return fields.FindObject(folder) is { } path ? new(Here(fields, id ?? Local, path, folder), fields.At, null) : null;
        if (fields.FindObject(Url) is not { } url)
            return null;
        var plain = new ServedModel { Id = id ?? "model", Url = url.ToString(), Model = fields.Get(Model, id ?? "model") };
        return new(
            plain with
            {
                Key = fields.FindObject(ApiKeySource),
                KeyHeader = fields.Get(KeyHeader, plain.KeyHeader),
                Completions = fields.FindObject(Completions),
                Body = fields.FindObject(Body)?.ToJsonString(),
                LogProbabilities = fields.Get(LogProbabilities, false),
                SamplesPerRequest = fields.Get(SamplesPerRequest, 1),
                AttemptTime = fields.Get(AttemptTime, plain.AttemptTime),
                TotalTime = fields.Get(TotalTime, plain.TotalTime),
                Price = fields.FindObject(Price),
                Limits = fields.FindObject(Limits) ?? plain.Limits,
            },
            fields.At,
            null);
    }

    private static LocalModel Here(Fields fields, string id, string typed, Key<string> folder)
    {
        var path = fields.Context.PathOf(typed);
        if (ModelFolderCheck.Read(path, typed, fields.MarkOf(folder), fields.Context.Problems) is { Type: var type } && !type.Tasks.Contains("causal-lm"))
            fields.Context.Problems.Add(fields.MarkOf(folder), $"the model '{typed}' is a {type.Name}, which writes no texts", "name a llama or a mistral");
        return new() { Id = id, Path = path, Completions = fields.FindObject(Completions), Price = fields.FindObject(Price) };
    }

    private static RecordedModel Recorded(Fields fields, string id, string typed)
    {
        var path = fields.Context.PathOf(typed);
        if (!File.Exists(path))
            fields.Context.Problems.Add(fields.MarkOf(Answers), Directory.Exists(path) ? $"'{typed}' is a folder, not a file" : $"there is no file '{typed}'", $"looked for {path}");
        return new() { Id = id, Answers = path, Price = fields.FindObject(Price) };
    }

    private static PricePerToken? BuildPrice(Fields fields)
    {
        var (prompt, completion) = (fields.Get(PromptPrice), fields.Get(CompletionPrice));
        if (prompt.Currency == completion.Currency)
            return new(prompt.Currency, prompt.Amount, completion.Amount);
        fields.Context.Problems.Add(fields.MarkOf(CompletionPrice), $"the price of answers is in {completion.Currency}, but that of prompts in {prompt.Currency}", "use one currency");
        return null;
    }

    private static EndpointLimits? BuildLimits(Fields fields)
    {
        var plain = new EndpointLimits();
        var most = fields.Get(Most, plain.Maximum);
        var start = fields.Get(Start, Math.Min(plain.Start, most));
        if (start > most)
            fields.Context.Problems.Add(fields.MarkOf(Start), FormattableString.Invariant($"start is {start}, more than concurrency, which is {most}"), "lower it");
        return plain with
        {
            Start = Math.Min(start, most),
            Maximum = most,
            RequestsPerMinute = fields.Find(RequestsPerMinute) is { } requests ? (int)Math.Min(requests, int.MaxValue) : null,
            TokensPerMinute = fields.Find(TokensPerMinute),
        };
    }
}
