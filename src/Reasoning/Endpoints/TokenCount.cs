using System.Text;
using Nola.Reasoning.Tasks;

namespace Nola.Reasoning.Endpoints;

/// <summary>Estimates tokens before a call, when no tokenizer of the model is at hand.</summary>
public static class TokenCount
{
    /// <summary>Tokens of a text: one for every 3 bytes of UTF-8, rounded up. More than tokenizers of current models give for English and code.</summary>
    public static long EstimateOf(string text) => (Encoding.UTF8.GetByteCount(text) + 2) / 3;

    /// <summary>The most that a call may use: its prompt by estimate, 8 tokens for each message's frame, and its longest answer.</summary>
    public static TokenUse EstimateOf(Prompt prompt) =>
        new(EstimateOf(prompt.User) + 8 + (prompt.System is { } system ? EstimateOf(system) + 8 : 0), prompt.MaxTokens, IsEstimate: true);

    /// <summary>The most that a call may use: its prompt once, and each of its answers.</summary>
    public static TokenUse EstimateOf(EndpointCall call) => EstimateOf(call.Prompt) with { Completion = (long)call.Prompt.MaxTokens * call.Count };
}
