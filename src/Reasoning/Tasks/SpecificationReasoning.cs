using System.Security.Cryptography;
using System.Text;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;
using Nola.Reasoning.Scoring;

namespace Nola.Reasoning.Tasks;

/// <summary>
/// Specification reasoning (SR) of CodeMind: the model writes a program from a specification, with a test, without one, or with a test whose expected
/// value is wrong. All are judged by the original assertion.
/// </summary>
public sealed class SpecificationReasoning : ReasoningTask
{
    internal const int MaxTokens = 1000;
    private const int MutantsTried = 8;

    /// <summary>Seed of the misleading values; a problem's value depends on it and the problem's id alone.</summary>
    public int Seed { get; init; }

    public override bool NeedsSandbox => true;

    public override string? Unfit(Problem problem) =>
        problem.Specification is null ? "it has no specification (nl)" : problem.Assertion is null ? "it has no assertion (assert)" : null;

    public override async ValueTask<TaskStep> Next(Problem problem, IReadOnlyList<string> answers, ISandbox programs, CancellationToken stop)
    {
        if (answers.Count > 0)
            return new Judged(await Judge(problem, answers[0], problem.Assertion!, programs, stop));
        var assertion = Method switch
        {
            "no-test" => null,
            "with-test" => problem.Assertion,
            _ => await Misleading(problem, programs, stop),
        };
        return assertion is null && Method == "misleading-test"
            ? new Judged(Judgement.Unjudged("no misleading value could be proven different by execution"))
            : Ask(SynthesisPrompts.Of(problem, assertion), MaxTokens, null, CorrectReasoning.EndOfResponse);
    }

    internal static async ValueTask<Judgement> Judge(Problem problem, string answer, string tests, ISandbox programs, CancellationToken stop)
    {
        var program = PythonTests.ProgramOf(answer);
        var (passed, run) = await PythonTests.Passes(programs, program, tests, PythonTests.SynthesisTime, stop);
        return run.Verdict == Verdict.SandboxUnavailable ? Judgement.Unjudged(run.Reason!) : Judgement.Of(passed, program, null, passed ? null : run.Summary);
    }

    // The reference program must pass the original assertion's value and fail the mutated one; both are executed.
    private async ValueTask<string?> Misleading(Problem problem, ISandbox programs, CancellationToken stop)
    {
        var call = problem.Input.Trim();
        var truth = PythonValue.Parse(problem.Output ?? "") ?? await Returned(problem, programs, stop);
        if (truth is null)
            return null;
        var random = new Random(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes($"{Seed}/{problem.Dataset}/{problem.Id}"))));
        for (var i = 0; i < MutantsTried; i++)
        {
            var mutant = ValueMutation.Of(truth, random);
            if (mutant.Equals(truth))
                continue;
            var proof = $"try:\n    assert {call} == {mutant}\nexcept AssertionError:\n    pass\nelse:\n    raise SystemExit(1)";
            if ((await PythonTests.Passes(programs, "from typing import *\n" + problem.Code, proof, PythonTests.SynthesisTime, stop)).Passed)
                return $"assert {call} == {mutant}";
        }

        return null;
    }

    private static async ValueTask<PythonValue?> Returned(Problem problem, ISandbox programs, CancellationToken stop)
    {
        var source = $"from typing import *\n{problem.Code}\nprint(repr({problem.Input.Trim()}))\n";
        var run = await programs.Run(new SandboxProgram(ProgramLanguage.Python, source) { Time = PythonTests.SynthesisTime }, stop);
        return run.Verdict == Verdict.Passed ? PythonValue.Parse(run.Output) : null;
    }
}
