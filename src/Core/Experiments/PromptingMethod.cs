namespace Nola.Core.Experiments;

/// <summary>A way of asking a language model: a style of prompt, and how answers are drawn.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.PromptingMethod")]
public sealed record PromptingMethod : MethodSpec
{
    /// <summary>Names of the styles there are; each task has some of them.</summary>
    public static ImmutableArray<string> Styles { get; } = ["direct", "cot", "with-test", "no-test", "misleading-test"];

    /// <summary>One of <see cref="Styles"/>, such as <c>cot</c>: think first, then answer.</summary>
    public required string Style { get; init; }

    /// <summary>Answers drawn for each problem; null for as many as the task is defined with.</summary>
    public int? Samples { get; init; }

    /// <summary>0 takes the likeliest token each time; null for the task's own.</summary>
    public double? Temperature { get; init; }

    /// <summary>Share of the probability from which tokens are drawn; null for the task's own.</summary>
    public double? TopP { get; init; }

    /// <summary>Longest answer in tokens; null for the task's own.</summary>
    public int? MaxTokens { get; init; }
}
