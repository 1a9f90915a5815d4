using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Nola.Contracts;
using Nola.Silo.Storage;

namespace Nola.Client.Commands;

/// <summary>The command <c>nola</c>: its subcommands, and what happens to errors.</summary>
internal static class NolaCommandLine
{
    /// <summary>All commands.</summary>
    public static RootCommand Create() => new(
        """
        Runs experiments that fine-tune and evaluate language models: models × datasets × methods, a search, a budget.

        Examples:
          nola run examples/quickstart.yaml          run on this machine until done, then show the report
          nola validate my-experiment.yaml           find every mistake in a spec file before anything runs
          nola report quickstart --format md         the report again, as Markdown

        Exit codes: 0 done, 1 some trials failed, 2 wrong spec or command line, 3 store or cluster not usable, 130 interrupted (nola resume goes on).
        """)
    {
        RunCommand.Create(),
        SubmitCommand.Create(),
        WatchCommand.Create(),
        ListCommand.Create(),
        ShowCommand.Create(),
        ReportCommand.Create(),
        ControlCommands.Pause(),
        ResumeCommand.Create(),
        ControlCommands.Cancel(),
        SiloCommand.Create(),
        ValidateCommand.Create(),
        SchemaCommand.Create(),
        ModelsCommand.Create(),
        DataCommand.Create(),
        CompletionCommand.Create(),
    };

    /// <summary>Parses and runs a command line; returns the exit code.</summary>
    public static async Task<int> Run(string[] args)
    {
        var root = Create();
        HelpWithExamples.Install(root);
        var line = root.Parse(args);
        if (line.Action is ParseErrorAction wrong)
        {
            wrong.ShowHelp = false;
            await line.InvokeAsync();
            await Console.Error.WriteLineAsync($"See: {string.Join(' ', PathOf(line.CommandResult))} --help");
            return ExitCodes.Usage;
        }

        try
        {
            // Ctrl-C belongs to the commands: they drain first.
            return await line.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (UserException problem)
        {
            await Console.Error.WriteLineAsync($"nola: {problem.Message}");
            return problem.ExitCode;
        }
        catch (SubmissionRefusedException refusal)
        {
            await Console.Error.WriteLineAsync($"nola: {refusal.Message}");
            return ExitCodes.Usage;
        }
        catch (StoreException fault)
        {
            await Console.Error.WriteLineAsync($"nola: {fault.Message}");
            return ExitCodes.Engine;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
    }

    private static IEnumerable<string> PathOf(SymbolResult? result) =>
        result is CommandResult command ? [.. PathOf(command.Parent), command.Command.Name] : [];
}
