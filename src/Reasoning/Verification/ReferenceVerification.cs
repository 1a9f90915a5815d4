using System.Runtime.CompilerServices;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;
using Nola.Reasoning.Tasks;

namespace Nola.Reasoning.Verification;

/// <summary>Runs the code of problems on their inputs and compares with the stored outputs.</summary>
public static class ReferenceVerification
{
    /// <summary>Time for a reference program. Default: 20 s.</summary>
    public static TimeSpan Time { get; } = TimeSpan.FromSeconds(20);

    /// <summary>Checks each problem once, as many at a time as are given, in the order in which they end.</summary>
    /// <remarks>A function's result equals the stored output as a Python value; a program's output equals it but for blanks at the ends of lines.</remarks>
    public static async IAsyncEnumerable<VerifiedProblem> Verify(IEnumerable<Problem> problems, ISandbox sandbox, int parallelism = 0, [EnumeratorCancellation] CancellationToken stop = default)
    {
        var running = new List<Task<VerifiedProblem>>();
        var limit = parallelism > 0 ? parallelism : Environment.ProcessorCount;
        foreach (var problem in problems)
        {
            running.Add(VerifyOne(problem, sandbox, stop));
            if (running.Count >= limit)
                yield return await Take(running);
        }

        while (running.Count > 0)
            yield return await Take(running);
    }

    /// <summary>Time that an answer's program may take: max(4 s, 4 × the reference's time), so that slow machines judge alike.</summary>
    public static TimeSpan LimitFor(TimeSpan reference) => reference * 4 is var limit && limit > TimeSpan.FromSeconds(4) ? limit : TimeSpan.FromSeconds(4);

    private static async Task<VerifiedProblem> Take(List<Task<VerifiedProblem>> running)
    {
        var first = await Task.WhenAny(running);
        running.Remove(first);
        return await first;
    }

    private static async Task<VerifiedProblem> VerifyOne(Problem problem, ISandbox sandbox, CancellationToken stop)
    {
        if (problem.Output is null)
            return new(problem, Agreement.Unknown, null, "it has no stored output");
        if (problem.IsFunction)
        {
            var (passed, test) = await PythonTests.Passes(sandbox, "from typing import *\n" + problem.Code, $"assert {problem.Input.Trim()} == ({problem.Output.Trim()})", Time, stop);
            return Result(problem, passed, test, () => test.Summary) with { Got = passed ? null : await ValueOf(problem, sandbox, stop) };
        }

        var run = await sandbox.Run(new(problem.Language, problem.Code) { Input = problem.Input, Time = Time, OutputLimit = Math.Max(64 << 10, 4 * problem.Output.Length) }, stop);
        return Result(problem, run.Verdict == Verdict.Passed && Plain(run.Output) == Plain(problem.Output), run, () => run.Verdict == Verdict.Passed ? "it prints " + Short(run.Output) : run.Summary) with
        {
            Got = run.Verdict == Verdict.Passed ? run.Output : null,
        };
    }

    // Of a function that fails its test: what the call gives, as Python writes it; null where it ends badly.
    private static async Task<string?> ValueOf(Problem problem, ISandbox sandbox, CancellationToken stop)
    {
        var run = await sandbox.Run(new(problem.Language, $"from typing import *\n{problem.Code}\nprint()\nprint(repr({problem.Input.Trim()}))\n") { Time = Time }, stop);
        return run.Verdict == Verdict.Passed ? run.Output.TrimEnd('\n').Split('\n')[^1] : null;
    }

    private static VerifiedProblem Result(Problem problem, bool agrees, ProgramRun run, Func<string> reason) => run.Verdict == Verdict.SandboxUnavailable
        ? new(problem, Agreement.Unknown, run, run.Reason)
        : new(problem, agrees ? Agreement.Agrees : Agreement.Differs, run, agrees ? null : reason());

    private static string Plain(string text) => string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())).Trim('\n');

    private static string Short(string text) => text.Trim() is { Length: > 100 } trimmed ? trimmed[..100] + "…" : text.Trim();
}

/// <summary>A problem whose code was run.</summary>
/// <param name="Problem">The problem.</param>
/// <param name="Agreement">Whether the code gives the stored output.</param>
/// <param name="Run">What the code did; null when it was not run.</param>
/// <param name="Reason">How they differ, or why nothing can be said; null when they agree.</param>
public sealed record VerifiedProblem(Problem Problem, Agreement Agreement, ProgramRun? Run, string? Reason)
{
    /// <summary>What the program prints, or what a call that fails its test gives; null where it did not end well.</summary>
    public string? Got { get; init; }
}

/// <summary>Whether a problem's code gives its stored output.</summary>
public enum Agreement
{
    Agrees,
    Differs,

    /// <summary>It has no output, or the sandbox was unavailable.</summary>
    Unknown,
}
