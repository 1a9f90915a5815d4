using System.Diagnostics;
using System.Text.RegularExpressions;
using Nola.Testing.Servers;

namespace Nola.Benchmarks.Engine;

/// <summary>A server that speaks OpenAI's API in a process of its own, so that what it costs is not the client's.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    private readonly Process process;

    private ServerProcess(Process process, Uri url) => (this.process, Url) = (process, url);

    public Uri Url { get; }

    /// <summary>Starts one that answers after a while.</summary>
    public static ServerProcess Start(int milliseconds)
    {
        var start = Itself.With("server", milliseconds.ToString(CultureInfo.InvariantCulture));
        start.RedirectStandardInput = true;
        var process = Process.Start(start)!;
        return new(process, new(process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The server did not start.")));
    }

    /// <summary>What that process does: prints its address and serves until its standard input ends. It echoes the number in <c>echo(5)</c>.</summary>
    public static async Task<int> Serve(int milliseconds)
    {
        await using var server = await OpenAiServer.Start(request => OpenAiServer.Reply.Good($"<<<Output>>> {Call().Match(request.Body).Groups[1].Value} [END-OF-RESPONSE]"));
        server.Keeps = false;
        server.Delay = TimeSpan.FromMilliseconds(milliseconds);
        Console.WriteLine(server.Url);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    [GeneratedRegex(@"echo\((\d+)\)")]
    private static partial Regex Call();
}
