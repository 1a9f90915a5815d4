namespace Nola.Reasoning.Tasks;

/// <summary>Names of the parts that a <see cref="Judgement"/> may hold.</summary>
public static class JudgementParts
{
    /// <summary>Whether the predicted output is of the right type.</summary>
    public const string TypeMatch = "type-match";

    /// <summary>Whether the program that the model wrote passes its tests.</summary>
    public const string Synthesis = "synthesis";

    /// <summary>Whether the output of its own program was predicted; only where the program passes.</summary>
    public const string Reasoning = "reasoning";
}
