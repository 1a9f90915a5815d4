using System.CommandLine;
using Nola.Client.Views;

namespace Nola.Client.Commands;

/// <summary><c>nola completion</c>: completion for shells.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _nola() { local IFS=$'\n'; COMPREPLY=($(nola "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null | grep -- "^${COMP_WORDS[COMP_CWORD]}")); }
        complete -o default -F _nola nola
        """;

    private const string Zsh = """
        #compdef nola
        _nola() { local -a found; found=("${(@f)$(nola "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}"); compadd -- $found; _files; }
        compdef _nola nola
        """;

    private const string Fish = """
        complete -c nola -a '(nola "[suggest:"(commandline -C)"]" (commandline -cp) 2>/dev/null)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Prints a script that completes nola's commands in a shell.\n\nExample:\n  eval \"$(nola completion bash)\"") { shell };
        command.SetAction(line => Terminal.Of(line).Say(line.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish }));
        return command;
    }
}
