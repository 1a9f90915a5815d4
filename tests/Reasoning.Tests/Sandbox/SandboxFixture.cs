using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;

[assembly: AssemblyFixture(typeof(Nola.Reasoning.Tests.Sandbox.SandboxFixture))]

namespace Nola.Reasoning.Tests.Sandbox;

/// <summary>One sandbox for all tests; tests that need it skip where the machine has none.</summary>
public sealed class SandboxFixture : IAsyncLifetime
{
    private BubblewrapSandbox? sandbox;

    public async ValueTask InitializeAsync() => sandbox = await BubblewrapSandbox.Start();

    public ValueTask DisposeAsync() => sandbox!.DisposeAsync();

    /// <summary>The sandbox; skips the running test where it cannot run programs of the language.</summary>
    public BubblewrapSandbox Require(ProgramLanguage language)
    {
        var fault = sandbox!.Fault(language);
        Assert.SkipWhen(fault is not null && (fault.Contains("; install ", StringComparison.Ordinal) || fault.Contains("forbids user namespaces", StringComparison.Ordinal)), fault ?? "");
        Assert.Null(fault);
        return sandbox;
    }
}
