using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;
using Nola.Reasoning.Scoring;

namespace Nola.Reasoning.Tasks;

/// <summary>Independent execution reasoning (IER) of CodeMind: given a program and its input, the model predicts the output.</summary>
/// <remarks>Methods: <c>cot</c> asks for an analysis before the output, <c>direct</c> for the output alone.</remarks>
public sealed class ExecutionReasoning : ReasoningTask
{
    internal const string OutputMark = "<<<Output>>>";
    internal const int MaxTokens = 1000;

    public override string? Unfit(Problem problem) => problem.Output is null ? "its output is not known" : null;

    public override ValueTask<TaskStep> Next(Problem problem, IReadOnlyList<string> answers, ISandbox programs, CancellationToken stop)
    {
        var direct = Method == "direct";
        return ValueTask.FromResult<TaskStep>(answers.Count == 0
            ? Ask(ExecutionPrompts.Of(problem, direct), MaxTokens, null, CorrectReasoning.EndOfResponse)
            : new Judged(Judge(Prediction(answers[0], direct), problem.Output)));
    }

    /// <summary>
    /// What follows the last <c>&lt;&lt;&lt;Output&gt;&gt;&gt;</c>, up to <c>[END-OF-RESPONSE]</c>. Without the mark a direct answer is the output
    /// as a whole and one with an analysis holds none (null).
    /// </summary>
    internal static string? Prediction(string answer, bool direct)
    {
        var mark = answer.LastIndexOf(OutputMark, StringComparison.Ordinal);
        if (mark < 0 && !direct)
            return null;
        var output = mark < 0 ? answer : answer[(mark + OutputMark.Length)..];
        var end = output.IndexOf(CorrectReasoning.EndOfResponse, StringComparison.Ordinal);
        return end < 0 ? output : output[..end];
    }

    internal static Judgement Judge(string? prediction, string? truth) => truth is null
        ? Judgement.Unjudged("the output is not known")
        : Judgement.Of(CorrectReasoning.Score(prediction, truth), prediction, truth, prediction is null ? $"the answer holds no {OutputMark}" : null)
            .With(JudgementParts.TypeMatch, prediction is not null && OutputTypes.Of(prediction) == OutputTypes.Of(truth));
}
