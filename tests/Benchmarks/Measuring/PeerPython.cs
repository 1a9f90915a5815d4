using System.Diagnostics;

namespace Nola.Benchmarks.Measuring;

/// <summary>A Python with the packages of a peer, as NOLA_PEER names it: <c>python3</c>, or <c>chroot /opt/peer python3</c>.</summary>
/// <param name="Command">What runs it.</param>
internal sealed record PeerPython(string Command)
{
    /// <summary>The one that the variable names; null, and told, where it is not set.</summary>
    /// <param name="needs">The packages that it must have.</param>
    /// <param name="tell">Hears that only our side runs.</param>
    public static PeerPython? Find(string needs, Action<string> tell)
    {
        if (Environment.GetEnvironmentVariable("NOLA_PEER") is { Length: > 0 } command)
            return new(command);
        tell($"only our side runs; NOLA_PEER names what runs a Python with {needs}, such as python3");
        return null;
    }

    /// <summary>How to start a script of this program's output folder.</summary>
    public ProcessStartInfo With(string script, params ReadOnlySpan<string> arguments)
    {
        var words = Command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new(words[0], [.. words[1..], "-c", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, script)), .. arguments]) { RedirectStandardOutput = true };
    }

    /// <summary>Runs such a script to its end; what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task<string> Run(string script, params string[] arguments)
    {
        using var process = Process.Start(With(script, arguments))!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{script} of the peer ended with exit code {process.ExitCode}.");
    }
}
