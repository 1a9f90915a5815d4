using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Nola.Client.Commands;

/// <summary>
/// Help that shows a command's first paragraph in lists of commands, and what follows it (remarks, examples) at the end of the command's own help.
/// </summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private readonly SynchronousCommandLineAction usual;
    private readonly Dictionary<Command, string> details = [];

    private HelpWithExamples(SynchronousCommandLineAction usual) => this.usual = usual;

    /// <summary>Puts it into a root command and all its subcommands.</summary>
    public static void Install(RootCommand root)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        var help = new HelpWithExamples((SynchronousCommandLineAction)option.Action!);
        help.Split(root);
        option.Action = help;
    }

    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        if (details.TryGetValue(parseResult.CommandResult.Command, out var text))
            parseResult.InvocationConfiguration.Output.WriteLine(text + "\n");
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
