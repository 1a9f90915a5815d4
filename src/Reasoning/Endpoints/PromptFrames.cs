using Nola.Core.Experiments;
using Nola.Reasoning.Tasks;

namespace Nola.Reasoning.Endpoints;

/// <summary>The frames of prompts that model families expect; for plain completions, where no chat template does it.</summary>
public static class PromptFrames
{
    /// <summary>The frames of model families, by name.</summary>
    public static ImmutableSortedDictionary<string, PromptFrame> Known { get; } = new Dictionary<string, PromptFrame>
    {
        ["none"] = new("", ""),
        ["inst"] = new("[INST] ", " [/INST]"),
        ["magicoder"] = new("@@ Instruction\n", "\n\n@@ Response\n"),
        ["instruction"] = new("### Instruction:\n", "\n\n### Response:\n"),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>The whole text; a system text comes before the user's, within the frame.</summary>
    public static string Wrap(this PromptFrame frame, Prompt prompt) =>
        $"{frame.Before}{(prompt.System is { } system ? system + "\n\n" : "")}{prompt.User}{frame.After}";
}
