using Microsoft.Extensions.Logging.Abstractions;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;
using Nola.Silo.Health;
using Nola.Silo.Hosting;
using Nola.Silo.Reasoning;
using Nola.Silo.Storage;

namespace Nola.Silo.Tests.Reasoning;

public class SandboxHostTests
{
    [Fact]
    public async Task Check_Works_TellsTheSilosHealth()
    {
        var (host, health) = Create(SandboxUse.On);
        await using var _ = host;

        var result = await host.Check(default);

        Assert.SkipWhen(result.Contains("; install ", StringComparison.Ordinal) || result.Contains("forbids user namespaces", StringComparison.Ordinal) || result.Contains(" within a minute", StringComparison.Ordinal), result);
        Assert.Equal(("runs Python and Java programs", result), (result, health.Sandbox));
    }

    [Fact]
    public async Task Run_SwitchedOff_RefusesAndNamesTheSwitch()
    {
        var (host, health) = Create(SandboxUse.Off);
        await using var _ = host;

        var run = await host.Run(new(ProgramLanguage.Python, "print(1)"), default);

        Assert.Equal((Verdict.SandboxUnavailable, "the sandbox of this silo is switched off; set NOLA_SANDBOX to on"), (run.Verdict, run.Reason));
        Assert.Equal(run.Reason, await host.Fault(ProgramLanguage.Java));
        Assert.Equal(("off", "off"), (await host.Check(default), health.Sandbox));
    }

    private static (SandboxHost, SiloHealth) Create(SandboxUse use)
    {
        var health = new SiloHealth();
        var settings = new SiloSettings { Storage = StorageOptions.Parse("memory"), ArtifactFolder = "none", Sandbox = use };
        return (new(settings, health, NullLogger<SandboxHost>.Instance), health);
    }
}
