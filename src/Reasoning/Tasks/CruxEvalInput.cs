using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;

namespace Nola.Reasoning.Tasks;

/// <summary>Input prediction of CRUXEval, arXiv 2401.03065: any call that gives the output, found right or wrong by running it.</summary>
public sealed class CruxEvalInput : ReasoningTask
{
    public override Sampling Sampling => CruxEval.Sampling;

    public override bool NeedsSandbox => true;

    public override string? Unfit(Problem problem) =>
        !problem.IsFunction || problem.FunctionName is null ? "it is no function" : problem.Output is null ? "its output is not known" : null;

    public override async ValueTask<TaskStep> Next(Problem problem, IReadOnlyList<string> answers, ISandbox programs, CancellationToken stop)
    {
        if (answers.Count == 0)
            return Ask(CruxEvalPrompts.Input(problem, Method), CruxEval.MaxTokens(Method), CruxEval.System, CruxEval.Stop);
        var call = Prediction(answers[0], problem.FunctionName!);
        if (call is null)
            return new Judged(Judgement.Of(false, null, null, $"the answer holds no call of {problem.FunctionName}"));
        var (passed, run) = await PythonTests.Passes(programs, problem.Code, $"assert ({problem.Output}) == eval({PythonTests.Quote(call)})", PythonTests.DefaultTime, stop);
        return new Judged(run.Verdict == Verdict.SandboxUnavailable
            ? Judgement.Unjudged(run.Reason!)
            : Judgement.Of(passed, call, null, passed ? null : run.Summary));
    }

    /// <summary>The call in an answer: from the function's name to <c>==</c>; null when the function is not called.</summary>
    internal string? Prediction(string completion, string function)
    {
        if (CruxEval.Answer(completion, Method) is not { } answer)
            return null;
        var equal = answer.IndexOf("==", StringComparison.Ordinal);
        var side = equal < 0 ? answer : answer[..equal];
        var start = side.IndexOf(function + "(", StringComparison.Ordinal);
        return start < 0 ? null : side[start..].Trim();
    }
}
