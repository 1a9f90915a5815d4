using Nola.Client.Specs.Forms;
using Nola.Core.Experiments;

namespace Nola.Client.Specs.Sections;

/// <summary>The methods of prompting: a style of prompt, and how answers are drawn.</summary>
internal static class PromptingSection
{
    private static readonly Key<int> Samples = new("samples", Values.Integer(1, 10_000), "Answers drawn for each problem.", "as many as the task is defined with");
    private static readonly Key<double> Temperature = new("temperature", Values.Number(0, 10), "0 takes the likeliest token each time.", "the task's own");
    private static readonly Key<double> TopP = new("topP", Values.Number(0, 1, isAboveLow: true), "Share of the probability from which tokens are drawn.", "the task's own");
    private static readonly Key<int> MaxTokens = new("maxTokens", Values.Integer(1, 1 << 20), "Longest answer in tokens.", "the task's own");

    private static readonly ImmutableSortedDictionary<string, string> Summaries = new Dictionary<string, string>
    {
        ["direct"] = "Asks for the answer alone, for ier and CRUXEval.",
        ["cot"] = "Chain of thought (Wei et al., arXiv 2201.11903): asks for reasoning first, for ier, der and CRUXEval.",
        ["with-test"] = "For sr: the specification with the test that the program must pass.",
        ["no-test"] = "For sr: the specification alone.",
        ["misleading-test"] = "For sr: the specification with a wrong test.",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>One section for each style.</summary>
    /// <param name="id">The key of a method's name.</param>
    /// <param name="draft">Makes the draft of a method.</param>
    public static IEnumerable<KeyValuePair<string, Section<MethodDraft>>> Kinds(Key id, Func<Fields, string, Func<string, MethodSpec>, MethodDraft> draft) =>
        PromptingMethod.Styles.Select(style => KeyValuePair.Create(style, new Section<MethodDraft>(
            $"methods[].{style}",
            Summaries[style],
            [id, Samples, Temperature, TopP, MaxTokens],
            fields => draft(fields, style, name => new PromptingMethod
            {
                Id = name,
                Style = style,
                Samples = fields.Find(Samples),
                Temperature = fields.Find(Temperature),
                TopP = fields.Find(TopP),
                MaxTokens = fields.Find(MaxTokens),
            }))));
}
