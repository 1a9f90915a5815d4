using Microsoft.Extensions.Logging;
using Nola.Core.Devices;
using Nola.Grains.Hosting;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;
using Nola.Silo.Health;
using Nola.Silo.Hosting;

namespace Nola.Silo.Reasoning;

/// <summary>The silo's sandbox, started when the first program is to be run.</summary>
internal sealed partial class SandboxHost : ISandbox, IAsyncDisposable
{
    private const string Off = $"the sandbox of this silo is switched off; set {SandboxUses.Variable} to on";

    // A machine that is overloaded when its silo starts may be too slow for the first test.
    private const int Tries = 3;

    private readonly SiloSettings settings;
    private readonly SiloHealth health;
    private readonly ILogger<SandboxHost> logger;
    private readonly CancellationTokenSource closing = new();
    private readonly Lazy<Task<BubblewrapSandbox>> sandbox;
    private readonly Lazy<Task<ProgramOffer>> test;

    public SandboxHost(SiloSettings settings, SiloHealth health, ILogger<SandboxHost> logger)
    {
        (this.settings, this.health, this.logger) = (settings, health, logger);
        sandbox = new(() => BubblewrapSandbox.Start(Options, closing.Token));
        test = new(() => Try(closing.Token));
        if (settings.Sandbox == SandboxUse.Unsafe)
            IsUnsafe(SandboxUses.Warning);
    }

    private SandboxOptions Options => new() { Unsafe = settings.Sandbox == SandboxUse.Unsafe };

    /// <summary>Why programs of a language cannot be run; null when they can.</summary>
    public async Task<string?> Fault(ProgramLanguage language) => settings.Sandbox == SandboxUse.Off ? Off : (await sandbox.Value).Fault(language);

    public async Task<ProgramRun> Run(SandboxProgram program, CancellationToken stop) =>
        settings.Sandbox == SandboxUse.Off ? ProgramRun.Unavailable(Off) : await (await sandbox.Value).Run(program, stop);

    /// <summary>
    /// Which programs it runs: a tiny one of each language is run, once in the silo's life, in a sandbox that is closed again. The log and the silo's health
    /// hear what came of it.
    /// </summary>
    public Task<ProgramOffer> Test(CancellationToken stop) => test.Value.WaitAsync(stop);

    /// <summary>Tests it, and says in words what came of it.</summary>
    public async Task<string> Check(CancellationToken stop)
    {
        await Test(stop);
        return health.Sandbox!;
    }

    private async Task<ProgramOffer> Try(CancellationToken stop)
    {
        if (settings.Sandbox == SandboxUse.Off)
        {
            health.Sandbox = "off";
            return new(ProgramKinds.None, Off);
        }

        for (var tries = 1; ; tries++)
        {
            var (offer, isStrange) = await TryOnce(stop);
            if (!isStrange || tries == Tries)
                return offer;
        }
    }

    // Strange is what is installed and does not work.
    private async Task<(ProgramOffer Offer, bool IsStrange)> TryOnce(CancellationToken stop)
    {
        await using var trial = await BubblewrapSandbox.Start(Options with { Parallelism = 1 }, stop);
        var (python, java) = (await Fault(ProgramLanguage.Python, "print(1)"), await Fault(ProgramLanguage.Java, "class Main { public static void main(String[] a) { System.out.println(1); } }"));
        var result = python is not null ? $"runs no programs: {python}" : java is not null ? $"runs Python programs; {java}" : "runs Python and Java programs";
        var isStrange = python is not null || (java is not null && trial.HasJdk);
        if (isStrange)
            Fails(result);
        else
            Works(result);
        health.Sandbox = settings.Sandbox == SandboxUse.Unsafe ? result + ", without a sandbox" : result;
        return (new(python is not null ? ProgramKinds.None : java is not null ? ProgramKinds.Python : ProgramKinds.PythonAndJava, python ?? java), isStrange);

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

    [LoggerMessage(44, LogLevel.Warning, "The sandbox {Result}. Trials that need it do not come here; see docs/sandbox.md.")]
    private partial void Fails(string result);
}
