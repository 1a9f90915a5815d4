using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Nola.Client.Views;

/// <summary>Where a command writes: its results to the output, everything else to the errors.</summary>
internal sealed class Terminal : InvocationConfiguration
{
    private readonly int width;

    /// <summary>Columns of tables when the output is no terminal: wide enough not to break lines that other programs read.</summary>
    public const int WidthOfPipes = 160;

    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="screen">The terminal on standard output; null when it is a file or a pipe.</param>
    /// <param name="width">Columns when there is no screen.</param>
    public Terminal(TextWriter output, TextWriter error, IAnsiConsole? screen = null, int width = WidthOfPipes)
    {
        Output = output;
        Error = error;
        Screen = screen;
        this.width = width;
        // Commands deal with their errors, and with Ctrl-C: they drain first.
        EnableDefaultExceptionHandler = false;
        ProcessTerminationTimeout = null;
    }

    /// <summary>The terminal on standard output; null when it is a file or a pipe, or cannot move its cursor.</summary>
    public IAnsiConsole? Screen { get; }

    /// <summary>Columns.</summary>
    public int Width => Screen?.Profile.Width ?? width;

    /// <summary>That of this process.</summary>
    public static Terminal OfProcess() => Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Ansi
        ? new(Console.Out, Console.Error, width: int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), CultureInfo.InvariantCulture, out var columns) && columns >= 40 ? columns : WidthOfPipes)
        : new(Console.Out, Console.Error, AnsiConsole.Console);

    /// <summary>That of a command line which is being run.</summary>
    public static Terminal Of(ParseResult line) => (Terminal)line.InvocationConfiguration;

    /// <summary>Writes a line of results.</summary>
    public void Say(string text) => Output.WriteLine(text);

    /// <summary>Writes a line that is no result.</summary>
    public void Note(string text) => Error.WriteLine(text);

    /// <summary>Writes a table or another result that needs a layout; into files and pipes without colours and without spaces at the ends of lines.</summary>
    public void Show(IRenderable result)
    {
        if (Screen is not null)
            Screen.Write(result);
        else
            Output.Write(Plain(result, Width));
    }

    /// <summary>A result as text.</summary>
    public static string Plain(IRenderable result, int width)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        console.Write(result);
        var lines = text.ToString().ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd()).ToArray();
        return string.Join('\n', lines[^1].Length == 0 ? lines[..^1] : lines) + "\n";
    }
}
