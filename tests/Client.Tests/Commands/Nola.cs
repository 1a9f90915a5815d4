using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Nola.Client.Commands;
using Nola.Client.Views;

namespace Nola.Client.Tests.Commands;

/// <summary>The command, in this process or in one of its own.</summary>
internal static class Nola
{
    /// <summary>The program that was built.</summary>
    public static string Program { get; } = typeof(NolaCommandLine).Assembly.Location;

    /// <summary>Runs a command line in this process.</summary>
    public static async Task<CommandResult> Run(params string[] args)
    {
        await using var output = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        await using var error = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var code = await NolaCommandLine.Run(args, new Terminal(output, error, width: 100));
        // Help calls the command by the name of its process.
        return new(code, output.ToString().Replace(RootCommand.ExecutableName, "nola", StringComparison.Ordinal), error.ToString());
    }

    /// <summary>Runs a script in a bash of its own, in which <c>nola</c> is the program.</summary>
    public static async Task<CommandResult> Bash(string script, string folder)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"nola() {{ dotnet '{Program}' \"$@\"; }}\n{script}"]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        return new(process.ExitCode, await output, await error);
    }
}

/// <summary>What a command did.</summary>
internal sealed record CommandResult(int Code, string Output, string Error);
