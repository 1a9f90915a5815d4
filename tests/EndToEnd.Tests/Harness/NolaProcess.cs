using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Nola.EndToEnd.Tests.Harness;

/// <summary>The built <c>nola</c> as a process of its own, with all that it says.</summary>
internal sealed class NolaProcess : IAsyncDisposable
{
    private static readonly string Program = typeof(NolaProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(item => item.Key == "NolaProgram").Value!;

    private static readonly string Dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));

    private readonly Process process;
    private readonly string words;
    private readonly Lock gate = new();
    private readonly List<string> output = [];
    private readonly List<string> errors = [];

    private NolaProcess(Process process, string words)
    {
        this.process = process;
        this.words = words;
        process.OutputDataReceived += (_, line) => Keep(output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => process.Id;

    /// <summary>Standard output so far.</summary>
    public string Output => Text(output);

    /// <summary>Standard error so far.</summary>
    public string Errors => Text(errors);

    /// <summary>Its living workers.</summary>
    public IReadOnlyList<int> Workers => ProcessTree.WorkersOf(Id);

    /// <summary>Starts <c>nola</c> with these arguments.</summary>
    public static NolaProcess Start(params string[] arguments) => Start([], arguments);

    /// <summary>The same with variables of its environment.</summary>
    public static NolaProcess Start(Dictionary<string, string> environment, params string[] arguments)
    {
        // Whoever runs the tests in the background has them ignore SIGINT, which children inherit.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", Dotnet, Program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var variable in start.Environment.Keys.Where(name => name.StartsWith("NOLA_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(variable);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        // Processes that live for seconds gain nothing by profiles of themselves.
        start.Environment["DOTNET_TieredPGO"] = "0";
        return new(Process.Start(start)!, "nola " + string.Join(' ', arguments));
    }

    /// <summary>Runs <c>nola</c> to its end and returns its standard output; fails on any other exit code than the expected one.</summary>
    public static Task<string> Run(int exitCode, params string[] arguments) => Run(exitCode, Wait.Patience, arguments);

    /// <summary>The same with variables of its environment.</summary>
    public static async Task<string> Run(Dictionary<string, string> environment, int exitCode, params string[] arguments)
    {
        await using var nola = Start(environment, arguments);
        await nola.Exits(exitCode);
        return nola.Output;
    }

    /// <summary>The same for work that takes longer than a test otherwise waits.</summary>
    public static async Task<string> Run(int exitCode, TimeSpan limit, params string[] arguments)
    {
        await using var nola = Start(arguments);
        await nola.Exits(exitCode, limit);
        return nola.Output;
    }

    /// <summary>Waits for a line with these texts on standard output or standard error, and returns it.</summary>
    public async Task<string> Says(params string[] texts)
    {
        var expected = $"a line with '{string.Join("' and '", texts)}' of {words}";
        var lines = await Wait.Until(expected, Lines, lines => process.HasExited || lines.Any(Has));
        return Lines().FirstOrDefault(Has) ?? throw new TimeLimitException($"Expected: {expected}. Actual: it ended with {process.ExitCode} and said {string.Join('\n', lines)}");

        bool Has(string line) => texts.All(text => line.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>Waits for its end; fails on any other exit code than the expected one.</summary>
    public Task Exits(int exitCode) => Exits(exitCode, Wait.Patience);

    public async Task Exits(int exitCode, TimeSpan limit)
    {
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            throw new TimeLimitException(string.Create(CultureInfo.InvariantCulture, $"Expected: the end of {words} within {limit.TotalSeconds:0} s. Actual: it runs and has said {string.Join('\n', Lines())}"));
        }

        Assert.True(process.ExitCode == exitCode, $"Expected: {words} ends with {exitCode}. Actual: {process.ExitCode}, and it said {string.Join('\n', Lines())}");
    }

    public void Send(Signal signal) => Signals.Send(Id, signal);

    /// <summary>SIGKILL to it and all its workers.</summary>
    public async Task KillAll()
    {
        var workers = Workers;
        Send(Signal.Kill);
        foreach (var worker in workers)
            Signals.Send(worker, Signal.Kill);
        await process.WaitForExitAsync();
        await Wait.Until($"the end of the workers of {words}", () => workers.Where(ProcessTree.IsAlive).ToArray(), alive => alive.Length == 0);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAll();
        process.Dispose();
    }

    private string[] Lines()
    {
        lock (gate)
            return [.. output, .. errors];
    }

    private string Text(List<string> lines)
    {
        lock (gate)
            return string.Join('\n', lines);
    }

    private void Keep(List<string> lines, string? line)
    {
        lock (gate)
            if (line is not null)
                lines.Add(line);
    }
}
