using Microsoft.Extensions.Logging;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;
using Nola.Silo.Health;
using Nola.Silo.Hosting;

namespace Nola.Silo.Reasoning;

/// <summary>The silo's sandbox, started when the first program is to be run.</summary>
internal sealed partial class SandboxHost : ISandbox, IAsyncDisposable
{
    private const string Off = $"the sandbox of this silo is switched off; set {SandboxUses.Variable} to on";

    private readonly SiloSettings settings;
    private readonly SiloHealth health;
    private readonly ILogger<SandboxHost> logger;
    private readonly CancellationTokenSource closing = new();
    private readonly Lazy<Task<BubblewrapSandbox>> sandbox;

    public SandboxHost(SiloSettings settings, SiloHealth health, ILogger<SandboxHost> logger)
    {
        (this.settings, this.health, this.logger) = (settings, health, logger);
        sandbox = new(() => BubblewrapSandbox.Start(Options, closing.Token));
        if (settings.Sandbox == SandboxUse.Unsafe)
            IsUnsafe(SandboxUses.Warning);
    }

    private SandboxOptions Options => new() { Unsafe = settings.Sandbox == SandboxUse.Unsafe };

    /// <summary>Why programs of a language cannot be run; null when they can.</summary>
    public async Task<string?> Fault(ProgramLanguage language) => settings.Sandbox == SandboxUse.Off ? Off : (await sandbox.Value).Fault(language);

    public async Task<ProgramRun> Run(SandboxProgram program, CancellationToken stop) =>
        settings.Sandbox == SandboxUse.Off ? ProgramRun.Unavailable(Off) : await (await sandbox.Value).Run(program, stop);

    /// <summary>
    /// Runs a tiny program of each language in a sandbox that is closed again, and tells the log and the silo's health what came of it; so a silo that
    /// cannot run programs says so at its start.
    /// </summary>
    public async Task<string> Check(CancellationToken stop)
    {
        var result = settings.Sandbox == SandboxUse.Off ? "off" : await Try(stop);
        health.Sandbox = result;
        return result;
    }

    private async Task<string> Try(CancellationToken stop)
    {
        await using var trial = await BubblewrapSandbox.Start(Options with { Parallelism = 1 }, stop);
        var (python, java) = (await Fault(ProgramLanguage.Python, "print(1)"), await Fault(ProgramLanguage.Java, "class Main { public static void main(String[] a) { System.out.println(1); } }"));
        var result = python is not null ? $"runs no programs: {python}" : java is not null ? $"runs Python programs; {java}" : "runs Python and Java programs";
        if (python is not null || (java is not null && trial.HasJdk))
            Fails(result);
        else
            Works(result);
        return settings.Sandbox == SandboxUse.Unsafe ? result + ", without a sandbox" : result;

        async Task<string?> Fault(ProgramLanguage language, string code) => trial.Fault(language)
            ?? (await trial.Run(new(language, code) { Time = TimeSpan.FromSeconds(60) }, stop) is { Output: not "1\n" } run ? $"its self-test ended as {run.Summary}" : null);
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        try
        {
            if (sandbox.IsValueCreated)
                await (await sandbox.Value).DisposeAsync();
        }
        catch (OperationCanceledException)
        {
            // It was still starting.
        }

        closing.Dispose();
    }

    [LoggerMessage(42, LogLevel.Warning, "{Warning}")]
    private partial void IsUnsafe(string warning);

    [LoggerMessage(43, LogLevel.Information, "The sandbox {Result}.")]
    private partial void Works(string result);

    [LoggerMessage(44, LogLevel.Warning, "The sandbox {Result}. Trials that need it fail here; see docs/sandbox.md.")]
    private partial void Fails(string result);
}
