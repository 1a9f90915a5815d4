using System.CommandLine;
using Nola.Client.Hosting;
using Nola.Client.Views;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;
using Nola.Reasoning.Verification;
using Spectre.Console;

namespace Nola.Client.Commands;

/// <summary><c>nola data verify</c>: problems whose code does not give the stored output.</summary>
internal static class DataVerifyCommand
{
    private const int ShownCharacters = 60;

    public static Command Create()
    {
        var files = new Argument<string[]>("file") { Description = "Files of problems, as docs/reasoning.md describes them.", Arity = ArgumentArity.OneOrMore };
        var parallel = new Option<int?>("--parallel") { Description = "Programs that run at once. Default: as many as the machine has cores.", HelpName = "number" };
        var json = new Option<bool>("--json") { Description = "As JSON: an object with problems, agree, and the lists differ and unknown, each of objects with file, id, verdict, expected, got, reason." };
        var command = new Command("verify",
            """
            Runs every problem's code on its input in the sandbox, and lists those that do not give the stored output.

            Exit codes: 0 no output differs, 1 some do, 2 a file is wrong, 3 the sandbox cannot be used; what to install is said.

            Examples:
              nola data verify problems.jsonl
              nola data verify mbpp.jsonl avatar-java.jsonl --parallel 4 --json > differences.json
            """) { files, parallel, json };
        command.SetAction(async line =>
        {
            var terminal = Terminal.Of(line);
            var limit = line.GetValue(parallel) ?? Environment.ProcessorCount;
            if (limit is < 1 or > 1024)
                throw new UserException($"--parallel is {limit}; give 1 to 1024.", ExitCodes.Usage);
            var problems = Read(line.GetValue(files)!);
            using var interruption = new Interruption();
            await using var sandbox = await SandboxSetting.Start(limit, terminal.Note, interruption.Token);
            foreach (var language in problems.Keys.Select(problem => problem.Language).Distinct())
                if (sandbox.Fault(language) is { } fault)
                    throw new UserException($"{fault}. See docs/sandbox.md", ExitCodes.Engine);
            var found = await Verify([.. problems.Keys], sandbox, limit, terminal, interruption.Token);
            VerifiedProblem[] inOrder = [.. found.Where(item => item.Agreement != Agreement.Agrees).OrderBy(item => problems.IndexOf(item.Problem))];
            if (line.GetValue(json))
                terminal.Say(Json(inOrder, problems));
            else
                Show(inOrder, problems.Count, terminal);
            return inOrder.Any(item => item.Run?.Verdict == Verdict.SandboxUnavailable) ? ExitCodes.Engine
                : inOrder.Any(item => item.Agreement == Agreement.Differs) ? ExitCodes.OutputsDiffer
                : ExitCodes.Success;
        });
        return command;
    }

    // Each problem with the file it is from, in order; two files may hold equal problems.
    private static OrderedDictionary<Problem, string> Read(string[] files)
    {
        var problems = new OrderedDictionary<Problem, string>(ReferenceEqualityComparer.Instance);
        try
        {
            foreach (var file in files)
                foreach (var problem in ProblemFile.Read(file))
                    problems.Add(problem, file);
        }
        catch (ProblemException fault)
        {
            throw new UserException(fault.Message, ExitCodes.Usage);
        }

        return problems;
    }

    private static async Task<List<VerifiedProblem>> Verify(ImmutableArray<Problem> problems, BubblewrapSandbox sandbox, int limit, Terminal terminal, CancellationToken stop)
    {
        var found = new List<VerifiedProblem>();
        var differ = 0;
        using var progress = new ProgressLine(terminal, "verified", problems.Length);
        await foreach (var item in ReferenceVerification.Verify(problems, sandbox, limit, stop))
        {
            found.Add(item);
            differ += item.Agreement == Agreement.Differs ? 1 : 0;
            progress.Show(found.Count, differ > 0 ? $"{differ} differ" : "");
        }

        return found;
    }

    private static void Show(VerifiedProblem[] found, int all, Terminal terminal)
    {
        if (found.Length > 0)
        {
            var table = Tables.Of("problem", "verdict", "expected", "got");
            foreach (var item in found)
                table.AddRow([.. new[] { item.Problem.Id, VerdictOf(item), Short(item.Problem.Output ?? ""), Short(item.Got ?? item.Reason ?? "") }.Select(Markup.Escape)]);
            terminal.Show(table);
        }

        var unknown = found.Count(item => item.Agreement == Agreement.Unknown);
        var agree = all - found.Length;
        terminal.Say($"{agree} of {Words.Count(all, "problem")} agree{(agree == 1 ? "s" : "")}{(unknown > 0 ? $"; nothing can be said of {unknown}" : "")}.");
    }

    private static string Json(VerifiedProblem[] found, OrderedDictionary<Problem, string> files)
    {
        return JsonOutput.Text(new { Problems = files.Count, Agree = files.Count - found.Length, Differ = Of(Agreement.Differs), Unknown = Of(Agreement.Unknown) });

        IEnumerable<object> Of(Agreement agreement) => found.Where(item => item.Agreement == agreement).Select(item => new
        {
            File = files[item.Problem],
            item.Problem.Dataset,
            item.Problem.Id,
            Verdict = VerdictOf(item),
            Expected = item.Problem.Output,
            item.Got,
            item.Reason,
        });
    }

    // A program that ended well with another output, and a function whose call gives another value, are wrong, whatever the verdict on the run says.
    private static string VerdictOf(VerifiedProblem item) => item switch
    {
        { Agreement: Agreement.Unknown } => "unknown",
        { Got: not null } or { Run: null } => "differs",
        _ => JsonOutput.Text(item.Run.Verdict).Trim('"'),
    };

    private static string Short(string text)
    {
        var line = text.Trim().ReplaceLineEndings("⏎");
        return line.Length <= ShownCharacters ? line : line[..(ShownCharacters - 1)] + "…";
    }
}
