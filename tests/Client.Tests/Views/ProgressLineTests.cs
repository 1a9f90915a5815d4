using System.Globalization;
using Nola.Client.Views;
using Spectre.Console;

namespace Nola.Client.Tests.Views;

public sealed class ProgressLineTests : IDisposable
{
    private readonly StringWriter output = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
    private readonly StringWriter error = new(CultureInfo.InvariantCulture) { NewLine = "\n" };

    public void Dispose()
    {
        output.Dispose();
        error.Dispose();
    }

    [Fact]
    public void Show_InAPipe_WritesALineForEachTenth()
    {
        using (var line = new ProgressLine(new(output, error), "verified", 40))
            for (var done = 1; done <= 10; done++)
                line.Show(done, done > 7 ? "1 differ" : "");

        Assert.Equal("verified 4 of 40\nverified 8 of 40, 1 differ\n", error.ToString());
    }

    [Fact]
    public void Show_InATerminal_WritesOneLineAnewAndTakesItAway()
    {
        var screen = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(output) });
        using (var line = new ProgressLine(new(output, error, screen), "verified", 2))
        {
            line.Show(1, "1 differ");
            line.Show(2);
        }

        Assert.Equal($"\rverified 1 of 2, 1 differ\rverified 2 of 2{new string(' ', 10)}\r{new string(' ', 25)}\r", error.ToString());
    }
}
