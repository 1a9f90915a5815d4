using System.CommandLine;
using System.CommandLine.Help;
using System.Text;

namespace Nola.Client.Commands;

/// <summary>The reference page of the command line, made from the commands themselves.</summary>
internal static class CommandReference
{
    private const string Introduction =
        """
        # Commands

        `nola COMMAND --help` shows what this page says about a command. From a checkout, `dotnet run --project src/Client -c Release -- COMMAND` is `nola COMMAND`.

        **Where experiments are.** Without `--cluster` a command uses the store of this machine: the folder `.nola` here, or the one that `--store` or the
        environment variable `NOLA_HOME` names. One process has a store open at a time; while `nola run` does, all other commands reach the experiments through
        it: `nola pause quickstart` in a second terminal makes it pause. With `--cluster` they talk to a cluster of silos.

        **Output.** Results go to standard output, everything else to standard error. In a terminal, `run`, `resume` and `watch` show a live screen; in a file
        or a pipe, and with `--plain`, lines with the time of day. There, tables are up to 160 columns wide, or as wide as the environment variable `COLUMNS`
        says. `NO_COLOR` is heeded. With `--json`, times are in seconds and memory is in bytes.

        **Ctrl-C** lets running trials save a checkpoint, stores everything, and says how to go on; a second one ends the process at once. Nothing is lost
        either way.

        | exit code | meaning |
        |---|---|
        | 0 | done; trials that a budget or a pruner stopped are as good as completed ones |
        | 1 | some trials failed, diverged or were cancelled; the report says which and why. `nola data verify`: some outputs differ |
        | 2 | the spec file or the command line is wrong; nothing was started |
        | 3 | the store, the cluster or the sandbox cannot be used |
        | 130 | interrupted or paused; `nola resume` goes on |


        """;

    /// <summary>The page as Markdown.</summary>
    public static string Print()
    {
        var root = NolaCommandLine.Create();
        var help = HelpWithExamples.Install(root);
        var page = new StringBuilder(Introduction.Replace("\r", "", StringComparison.Ordinal));
        page.Append("| command | |\n|---|---|\n");
        var commands = root.Subcommands.SelectMany(command => Leaves(command, "nola")).ToArray();
        foreach (var (path, command) in commands)
            page.Append($"| [`{path}`](#{path.Replace(' ', '-')}) | {command.Description} |\n");
        foreach (var (path, command) in commands)
            Write(page, path, command, help.DetailsOf(command));
        return page.ToString();
    }

    private static IEnumerable<(string Path, Command Command)> Leaves(Command command, string above)
    {
        var path = $"{above} {command.Name}";
        var below = command.Subcommands.SelectMany(child => Leaves(child, path));
        return command.Action is null && command.Subcommands.Count > 0 ? below : below.Prepend((path, command)); // nola data does nothing by itself
    }

    private static void Write(StringBuilder page, string path, Command command, string? details)
    {
        page.Append($"\n## {path}\n\n{command.Description}\n\n```\n{path}");
        foreach (var argument in command.Arguments)
        {
            var name = $"<{argument.HelpName ?? argument.Name}>{(argument.Arity.MaximumNumberOfValues > 1 ? "…" : "")}";
            page.Append(argument.Arity.MinimumNumberOfValues == 0 ? $" [{name}]" : $" {name}");
        }

        var options = command.Options.Where(option => option is not HelpOption).ToArray();
        page.Append(options.Length > 0 ? " [options]\n```\n" : "\n```\n");
        if (command.Arguments.Count + options.Length > 0)
            page.Append("\n| | |\n|---|---|\n");
        foreach (var argument in command.Arguments)
            page.Append($"| `<{argument.HelpName ?? argument.Name}>` | {Cell(argument.Description)} |\n");
        foreach (var option in options)
            page.Append($"| {string.Join(", ", option.Aliases.Prepend(option.Name).Select(name => $"`{name}{(option.ValueType == typeof(bool) ? "" : $" <{Cell(option.HelpName ?? option.Name.TrimStart('-'))}>")}`"))} | {Cell(option.Description)} |\n");
        if (details is not null)
            page.Append('\n').Append(Details(details)).Append('\n');
    }

    // Examples become a block of code; the paragraphs before them stay as they are.
    private static string Details(string text)
    {
        var at = text.IndexOf("Example", StringComparison.Ordinal);
        if (at < 0)
            return text;
        var lines = text[at..].TrimEnd().Split('\n');
        return $"{text[..at]}```\n{string.Join('\n', lines.Skip(1).Select(line => line.Length > 2 ? line[2..] : line))}\n```";
    }

    private static string Cell(string? text) => (text ?? "").Replace("|", "\\|", StringComparison.Ordinal);
}
