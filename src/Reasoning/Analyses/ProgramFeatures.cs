using System.Globalization;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;
using Nola.Reasoning.Scoring;

namespace Nola.Reasoning.Analyses;

/// <summary>What a program is like.</summary>
/// <param name="Complexity">Cyclomatic complexity: the mean over its functions or methods.</param>
/// <param name="Lines">Lines that are not blank.</param>
/// <param name="Tags">Constructs: <c>for, while, if, try, switch, nested-loop, nested-if</c>, or <c>basic</c> where there is none of them.</param>
/// <param name="Iterations">Iterations of all loops when it runs on its input; null when it was not run or did not end well.</param>
public sealed record ProgramFeatures(double Complexity, int Lines, ImmutableSortedSet<string> Tags, long? Iterations)
{
    private const string IterationsMark = "nola-loops ";

    /// <summary>Parses a problem's program, and runs it with counters; both in the sandbox, Python by its own <c>ast</c>, Java by the JDK's parser.</summary>
    /// <returns>Null when the program cannot be parsed or the sandbox is unavailable.</returns>
    public static async Task<ProgramFeatures?> Read(Problem problem, BubblewrapSandbox sandbox, CancellationToken stop)
    {
        var text = problem.Language == ProgramLanguage.Java ? await sandbox.JavaFeatures(problem.Code, stop) : await PythonFeatures(problem, sandbox, stop);
        if (text is null)
            return null;
        var values = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 2)).ToDictionary(parts => parts[0], parts => parts.Length > 1 ? parts[1] : "");
        var tags = values["tags"].Trim().Split(',', StringSplitOptions.RemoveEmptyEntries);
        return new(
            double.Parse(values["complexity"], CultureInfo.InvariantCulture),
            LinesOf(problem),
            tags.Length == 0 ? ["basic"] : [.. tags],
            await CountIterations(problem, sandbox, stop));
    }

    /// <summary>Lines of a problem's program that are not blank; they are known without a sandbox.</summary>
    public static int LinesOf(Problem problem) => problem.Code.Split('\n').Count(line => !string.IsNullOrWhiteSpace(line));

    private static async Task<string?> PythonFeatures(Problem problem, ISandbox sandbox, CancellationToken stop)
    {
        var run = await sandbox.Run(new(ProgramLanguage.Python, Keeper.Resource("features.py")) { Input = problem.Code }, stop);
        return run.Verdict == Verdict.Passed ? run.Output : null;
    }

    private static async Task<long?> CountIterations(Problem problem, BubblewrapSandbox sandbox, CancellationToken stop)
    {
        string? code;
        if (problem.Language == ProgramLanguage.Java)
            code = await sandbox.JavaWithCounters(problem.Code, stop);
        else
        {
            var source = problem.IsFunction ? $"from typing import *\n{problem.Code}\n{problem.Input.Trim()}\n" : problem.Code;
            code = $"SOURCE = {new PythonText(source)}\n{Keeper.Resource("loops.py")}";
        }

        if (code is null)
            return null;
        var run = await sandbox.Run(new(problem.Language, code) { Input = problem.IsFunction ? "" : problem.Input, Time = TimeSpan.FromSeconds(30) }, stop);
        if (run.Verdict != Verdict.Passed)
            return null;
        var mark = run.Error.LastIndexOf(IterationsMark, StringComparison.Ordinal);
        return mark < 0 ? 0 : long.Parse(run.Error[(mark + IterationsMark.Length)..].Trim(), CultureInfo.InvariantCulture);
    }
}
