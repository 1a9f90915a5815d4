using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;
using Nola.Reasoning.Scoring;

namespace Nola.Reasoning.Tasks;

/// <summary>Output prediction of CRUXEval, arXiv 2401.03065: what follows <c>==</c> in <c>assert f(input) == ??</c>.</summary>
/// <remarks>
/// Judged by equality of Python literals. Execution gives the same verdict, because an answer that is no literal can only be right by calling
/// the function, and such answers are wrong by definition.
/// </remarks>
public sealed class CruxEvalOutput : ReasoningTask
{
    public override Sampling Sampling => CruxEval.Sampling;

    public override string? Unfit(Problem problem) =>
        !problem.IsFunction ? "it is no function" : problem.Output is null ? "its output is not known" : null;

    public override ValueTask<TaskStep> Next(Problem problem, IReadOnlyList<string> answers, ISandbox programs, CancellationToken stop)
    {
        if (answers.Count == 0)
            return ValueTask.FromResult<TaskStep>(Ask(CruxEvalPrompts.Output(problem, Method), CruxEval.MaxTokens(Method), CruxEval.System, CruxEval.Stop));
        var prediction = Prediction(answers[0]);
        var judgement = Judgement.Of(IsRight(problem, prediction), prediction, problem.Output, prediction is null ? "the answer holds no [ANSWER]" : null)
            .With(JudgementParts.TypeMatch, prediction is not null && OutputTypes.Of(prediction) == OutputTypes.Of(problem.Output!));
        return ValueTask.FromResult<TaskStep>(new Judged(judgement));
    }

    /// <summary>What follows the first <c>==</c> of the answer; the whole answer where there is none or it is a literal already.</summary>
    internal string? Prediction(string completion)
    {
        var answer = CruxEval.Answer(completion, Method);
        var equal = answer?.IndexOf("==", StringComparison.Ordinal) ?? -1;
        return equal < 0 || PythonValue.Parse(answer!) is not null ? answer : answer![(equal + 2)..].Trim();
    }

    /// <summary>Whether a prediction is the same Python value as the truth. One that repeats the call is wrong.</summary>
    internal static bool IsRight(Problem problem, string? prediction) =>
        prediction is not null && !prediction.Contains(problem.Input.Trim(), StringComparison.Ordinal)
        && PythonValue.Parse(prediction) is { } value && PythonValue.Parse(problem.Output!) is { } truth && value.Equals(truth);
}
