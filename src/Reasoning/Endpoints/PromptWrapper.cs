using Nola.Reasoning.Tasks;

namespace Nola.Reasoning.Endpoints;

/// <summary>Turns a prompt into the text that a model of some family expects; for plain completions, where no chat template does it.</summary>
/// <param name="Before">Text before the prompt.</param>
/// <param name="After">Text after the prompt.</param>
public sealed record PromptWrapper(string Before, string After)
{
    /// <summary>The wrappers of model families, by name.</summary>
    public static ImmutableSortedDictionary<string, PromptWrapper> Known { get; } = new Dictionary<string, PromptWrapper>
    {
        ["none"] = new("", ""),
        ["inst"] = new("[INST] ", " [/INST]"),
        ["magicoder"] = new("@@ Instruction\n", "\n\n@@ Response\n"),
        ["instruction"] = new("### Instruction:\n", "\n\n### Response:\n"),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>The whole text; a system text comes before the user's, within the wrapper.</summary>
    public string Wrap(Prompt prompt) => $"{Before}{(prompt.System is { } system ? system + "\n\n" : "")}{prompt.User}{After}";
}
