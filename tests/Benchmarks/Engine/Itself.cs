using System.Diagnostics;

namespace Nola.Benchmarks.Engine;

/// <summary>This program as a child process.</summary>
internal static class Itself
{
    public static ProcessStartInfo With(params IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath!;
        var isDotnet = Path.GetFileNameWithoutExtension(program) == "dotnet";
        return new(program, isDotnet ? [typeof(Itself).Assembly.Location, .. arguments] : arguments) { RedirectStandardOutput = true };
    }
}
