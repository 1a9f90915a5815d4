using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nola.Reasoning.Endpoints;

/// <summary>Requests and responses of the OpenAI API as JSON.</summary>
internal static class OpenAiBody
{
    /// <summary>The request of a call. The temperature is always sent: servers differ in what they take without it.</summary>
    public static JsonObject Of(EndpointCall call, OpenAiOptions options)
    {
        var body = new JsonObject { ["model"] = options.Model };
        if (options.Completions is { } frame)
            body["prompt"] = frame.Wrap(call.Prompt);
        else
        {
            var messages = new JsonArray();
            if (call.Prompt.System is { } system)
                messages.Add(new JsonObject { ["role"] = "system", ["content"] = system });
            messages.Add(new JsonObject { ["role"] = "user", ["content"] = call.Prompt.User });
            body["messages"] = messages;
        }

        body["temperature"] = call.Sampling.Temperature;
        body["top_p"] = call.Sampling.TopP;
        body["max_tokens"] = call.Prompt.MaxTokens;
        if (!call.Prompt.Stop.IsEmpty)
            body["stop"] = new JsonArray([.. call.Prompt.Stop.Select(text => JsonValue.Create(text))]);
        if (call.Seed is { } seed)
            body["seed"] = seed;
        if (options.LogProbabilities)
            body["logprobs"] = options.Completions is null ? JsonValue.Create(true) : JsonValue.Create(1);
        if (call.Count > 1)
            body["n"] = call.Count;
        foreach (var (key, value) in options.ExtraBody ?? [])
        {
            body.Remove(key);
            if (value is not null)
                body[key] = value.DeepClone();
        }

        return body;
    }

    /// <summary>The answer in a response of status 200, or what is wrong with it.</summary>
    public static (Answered? Answer, string? Fault) Read(byte[] response, EndpointCall call)
    {
        JsonElement root;
        try
        {
            using var json = JsonDocument.Parse(response);
            root = json.RootElement.Clone();
        }
        catch (JsonException)
        {
            return (null, "the response is no JSON");
        }

        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("choices", out var choices) || choices.ValueKind != JsonValueKind.Array)
            return (null, "the response has no choices");
        if (choices.GetArrayLength() == 0)
            return (null, "the response's choices are empty");
        Answered[] answers = [.. choices.EnumerateArray().Take(call.Count).Select(AnswerIn).OfType<Answered>()];
        if (answers.Length == 0)
            return (null, "the response's first choice has no text");
        var usage = Member(root, "usage");
        var tokens = Number(usage, "prompt_tokens") is { } prompt
            ? new TokenUse(prompt, Number(usage, "completion_tokens") ?? 0)
            : new TokenUse(TokenCount.EstimateOf(call.Prompt).Prompt, answers.Sum(answer => TokenCount.EstimateOf(answer.Text)), IsEstimate: true);
        return (answers[0] with { Tokens = tokens, More = [.. answers.Skip(1)] }, null);
    }

    private static Answered? AnswerIn(JsonElement choice)
    {
        if (TextOf(choice) is not { } text)
            return null;
        var finish = Member(choice, "finish_reason") is { ValueKind: JsonValueKind.String } reason ? reason.GetString() : null;
        var probabilities = Member(choice, "logprobs");
        return new(text, finish, new(0, 0), 0, TimeSpan.Zero)
        {
            LogProbabilities = probabilities.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : probabilities.GetRawText(),
        };
    }

    private static string? TextOf(JsonElement choice)
    {
        var text = Member(choice, "message") is { ValueKind: JsonValueKind.Object } message ? Member(message, "content") : Member(choice, "text");
        return text.ValueKind == JsonValueKind.String ? text.GetString() : null;
    }

    private static long? Number(JsonElement item, string key) =>
        Member(item, key) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) && value >= 0 ? value : null;

    private static JsonElement Member(JsonElement item, string key) => item.ValueKind == JsonValueKind.Object && item.TryGetProperty(key, out var value) ? value : default;
}
