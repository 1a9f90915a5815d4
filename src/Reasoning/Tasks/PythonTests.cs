using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;
using Nola.Reasoning.Scoring;

namespace Nola.Reasoning.Tasks;

/// <summary>Runs a Python program with tests after it.</summary>
internal static class PythonTests
{
    /// <summary>Time for a program whose own time is not known.</summary>
    public static TimeSpan DefaultTime { get; } = TimeSpan.FromSeconds(4);

    /// <summary>Time for a program that a model wrote, as in CodeMind.</summary>
    public static TimeSpan SynthesisTime { get; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether a program passes its tests. The last thing printed must be a mark that the program does not know, so that a program which ends itself
    /// before the tests has not passed them.
    /// </summary>
    public static async ValueTask<(bool Passed, ProgramRun Run)> Passes(ISandbox programs, string code, string tests, TimeSpan time, CancellationToken stop)
    {
        var mark = "passed-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code + "\0" + tests)))[..24];
        var source = $"{code}\n{tests}\nprint()\nprint('{mark}')\n";
        var run = await programs.Run(new SandboxProgram(ProgramLanguage.Python, source) { Time = time }, stop);
        return (run.Verdict == Verdict.Passed && run.Output.TrimEnd('\n').EndsWith("\n" + mark, StringComparison.Ordinal), run);
    }

    /// <summary>Every test of a problem as statements.</summary>
    public static string AllTests(Problem problem)
    {
        var tests = problem.AllAssertions ?? problem.Assertion ?? $"assert {problem.Input.Trim()} == ({problem.Output})";
        return tests.Contains("def check(", StringComparison.Ordinal) ? $"{tests}\ncheck({problem.FunctionName})" : tests;
    }

    /// <summary>A Python string literal of a text.</summary>
    public static string Quote(string text) => new PythonText(text).ToString();

    /// <summary>The program with its comments removed, by Python's own tokenizer; null when it could not be run.</summary>
    public static async ValueTask<string?> WithoutComments(ISandbox programs, string code, CancellationToken stop)
    {
        const string script = """
            import io, sys, tokenize
            lines = sys.stdin.read().splitlines(keepends=True)
            for token in list(tokenize.generate_tokens(io.StringIO("".join(lines)).readline)):
                if token.type == tokenize.COMMENT:
                    row, column = token.start
                    rest = lines[row - 1][:column].rstrip()
                    lines[row - 1] = rest + "\n" if rest else ""
            print("".join(lines), end="")
            """;
        var run = await programs.Run(new SandboxProgram(ProgramLanguage.Python, script) { Input = code, Time = DefaultTime }, stop);
        return run.Verdict == Verdict.Passed ? run.Output : null;
    }

    /// <summary>
    /// The program in an answer: the first fenced block that defines something, else the first block, else the whole text; without lines that begin
    /// with <c>assert</c> or <c>print</c>; after <c>from typing import *</c>.
    /// </summary>
    public static string ProgramOf(string answer)
    {
        var end = answer.IndexOf(CorrectReasoning.EndOfResponse, StringComparison.Ordinal);
        var lines = (end < 0 ? answer : answer[..end]).ReplaceLineEndings("\n").Split('\n');
        var blocks = new List<List<string>>();
        List<string>? open = null;
        foreach (var line in lines)
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
                open = open is null ? Add(blocks) : null;
            else
                open?.Add(line);
        }

        IReadOnlyList<string> program = blocks.Find(block => block.Exists(line => line.TrimStart().StartsWith("def ", StringComparison.Ordinal))) ?? blocks.FirstOrDefault() ?? (IReadOnlyList<string>)lines;
        var kept = program.Where(line => !line.StartsWith("assert", StringComparison.Ordinal) && !line.StartsWith("print", StringComparison.Ordinal));
        return string.Create(CultureInfo.InvariantCulture, $"from typing import *\n{string.Join('\n', kept).Trim('\n')}\n");
    }

    private static List<string> Add(List<List<string>> blocks)
    {
        blocks.Add([]);
        return blocks[^1];
    }
}
