using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;

namespace Nola.Client.Tests.Commands;

/// <summary>What tests that run programs need.</summary>
internal static class SampleProblems
{
    /// <summary>Skips the running test where programs cannot be run.</summary>
    public static async Task RequireSandbox(ProgramLanguage language = ProgramLanguage.Python)
    {
        await using var sandbox = await BubblewrapSandbox.Start(new() { Parallelism = 1 }, TestContext.Current.CancellationToken);
        Assert.SkipWhen(sandbox.Fault(language) is not null, $"{sandbox.Fault(language)}");
    }
}
