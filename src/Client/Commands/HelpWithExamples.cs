using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Nola.Client.Views;

namespace Nola.Client.Commands;

/// <summary>
/// Help that shows a command's first paragraph in lists of commands, and what follows it (remarks, examples) at the end of the command's own help.
/// </summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private readonly HelpAction usual;
    private readonly Dictionary<Command, string> details = [];

    private HelpWithExamples(HelpAction usual) => this.usual = usual;

    /// <summary>The paragraphs after a command's first.</summary>
    public string? DetailsOf(Command command) => details.GetValueOrDefault(command);

    /// <summary>Puts it into a root command and all its subcommands.</summary>
    public static HelpWithExamples Install(RootCommand root)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        var help = new HelpWithExamples((HelpAction)option.Action!);
        help.Split(root);
        option.Action = help;
        return help;
    }

    public override int Invoke(ParseResult parseResult)
    {
        var terminal = Terminal.Of(parseResult);
        // In a file or a pipe lines are not broken.
        usual.MaxWidth = terminal.Screen is null ? int.MaxValue : terminal.Width;
        var code = usual.Invoke(parseResult);
        if (details.TryGetValue(parseResult.CommandResult.Command, out var text))
            terminal.Say(text + "\n");
        return code;
    }

    private void Split(Command command)
    {
        if (command.Description?.ReplaceLineEndings("\n").Split("\n\n", 2) is [var first, var rest])
        {
            command.Description = first;
            details[command] = rest;
        }

        foreach (var child in command.Subcommands)
            Split(child);
    }
}
