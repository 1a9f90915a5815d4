using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;
using Nola.Reasoning.Scoring;

namespace Nola.Reasoning.Tasks;

/// <summary>
/// Dependent execution reasoning (DER) of CodeMind: the model writes a program; if it passes every test, the model is asked for the output of its own
/// program, without comments, on the problem's input. Right means both.
/// </summary>
public sealed class DependentReasoning : ReasoningTask
{
    public override bool NeedsSandbox => true;

    public override string? Unfit(Problem problem) =>
        problem.Specification is null ? "it has no specification (nl)"
        : problem.Assertion is null ? "it has no assertion (assert)"
        : problem.Output is null ? "its output is not known"
        : null;

    public override async ValueTask<TaskStep> Next(Problem problem, IReadOnlyList<string> answers, ISandbox programs, CancellationToken stop)
    {
        switch (answers.Count)
        {
            case 0:
                return Ask(SynthesisPrompts.Of(problem, problem.Assertion), SpecificationReasoning.MaxTokens, null, CorrectReasoning.EndOfResponse);
            case 1:
                var synthesis = await SpecificationReasoning.Judge(problem, answers[0], PythonTests.AllTests(problem), programs, stop);
                if (!synthesis.IsRight)
                    return new Judged(synthesis.Kind == JudgementKind.Wrong ? synthesis.With(JudgementParts.Synthesis, false) : synthesis);
                return await PythonTests.WithoutComments(programs, synthesis.Prediction!, stop) is { } own
                    ? Ask(ExecutionPrompts.Of(ProgramLanguage.Python, isFunction: true, own, problem.Input, direct: false), ExecutionReasoning.MaxTokens, null, CorrectReasoning.EndOfResponse)
                    : new Judged(Judgement.Unjudged("the comments of the program could not be removed"));
            default:
                // The second question was asked, so the program passed.
                var reasoning = ExecutionReasoning.Judge(ExecutionReasoning.Prediction(answers[1], direct: false), problem.Output);
                return new Judged(reasoning.With(JudgementParts.Synthesis, true).With(JudgementParts.Reasoning, reasoning.IsRight));
        }
    }
}
