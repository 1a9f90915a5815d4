using System.CommandLine;
using System.CommandLine.Invocation;
using Nola.Client.Views;
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
        StudyCommand.Create(),
        ControlCommands.Pause(),
        ResumeCommand.Create(),
        ControlCommands.Cancel(),
        SiloCommand.Create(),
        ValidateCommand.Create(),
        SchemaCommand.Create(),
        BenchCommand.Create(),
        PredictCommand.Create(),
        AdapterCommand.Create(),
        ModelsCommand.Create(),
        DataCommand.Create(),
        CompletionCommand.Create(),
    };

    /// <summary>Parses and runs a command line; returns the exit code.</summary>
    /// <param name="args">As the shell hands them over.</param>
    /// <param name="terminal">Where the command writes; null for this process's own.</param>
    public static async Task<int> Run(string[] args, Terminal? terminal = null)
    {
        terminal ??= Terminal.OfProcess();
        var root = Create();
        HelpWithExamples.Install(root);
        var line = root.Parse(args);
        if (line.Action is ParseErrorAction)
        {
            // nola alone, and nola data, ask what there is.
            if (line.UnmatchedTokens.Count == 0 && line.CommandResult.Command.Subcommands.Any())
                return await root.Parse([.. args, "--help"]).InvokeAsync(terminal);
            foreach (var problem in ParseProblems.Of(line))
                terminal.Note($"nola: {problem}");
            terminal.Note($"See: {ParseProblems.PathOf(line.CommandResult)} --help");
            return ExitCodes.Usage;
        }

        try
        {
            return await line.InvokeAsync(terminal);
        }
        catch (UserException problem)
        {
            terminal.Note($"nola: {problem.Message}");
            return problem.ExitCode;
        }
        catch (SubmissionRefusedException refusal)
        {
            terminal.Note($"nola: {refusal.Message}");
            return ExitCodes.Usage;
        }
        catch (StoreException fault)
        {
            terminal.Note($"nola: {fault.Message}");
            return ExitCodes.Engine;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (OrleansException fault)
        {
            // As while a silo that just died is being replaced.
            terminal.Note($"nola: The cluster gave no answer ({fault.Message.Split('\n')[0].TrimEnd('.', ' ')}); try again.");
            return ExitCodes.Engine;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or TimeoutException)
        {
            terminal.Note($"nola: {fault.Message}");
            return ExitCodes.Engine;
        }
    }
}
