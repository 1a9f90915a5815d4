namespace Nola.Reasoning.Tasks;

/// <summary>What the two tasks of CRUXEval share: settings, the form of answers, and how an answer is taken out of a completion.</summary>
internal static class CruxEval
{
    public const string System = "You are an expert at Python programming, code execution, test case generation, and fuzzing.";
    public const string Stop = "[/ANSWER]";
    private const string Open = "[ANSWER]";

    public static Sampling Sampling { get; } = new() { Temperature = 0.2, TopP = 0.95, Samples = 10 };

    public static int MaxTokens(string method) => method == "cot" ? 1000 : 100;

    /// <summary>
    /// The answer in a completion: after the first <c>[ANSWER]</c> where there is one, up to <c>[/ANSWER]</c>. A chain of thought without it holds no
    /// answer (null); a direct completion goes on from an <c>[ANSWER]</c> in the question.
    /// </summary>
    public static string? Answer(string completion, string method)
    {
        var open = completion.IndexOf(Open, StringComparison.Ordinal);
        if (open < 0 && method == "cot")
            return null;
        var answer = open < 0 ? completion : completion[(open + Open.Length)..];
        var close = answer.IndexOf(Stop, StringComparison.Ordinal);
        return (close < 0 ? answer : answer[..close]).Trim();
    }
}
