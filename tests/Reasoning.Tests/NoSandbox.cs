using Nola.Reasoning.Sandbox;

namespace Nola.Reasoning.Tests;

/// <summary>A sandbox that is unavailable.</summary>
internal sealed class NoSandbox : ISandbox
{
    public static NoSandbox Instance { get; } = new();

    public Task<ProgramRun> Run(SandboxProgram program, CancellationToken stop) => Task.FromResult(ProgramRun.Unavailable("bubblewrap is missing"));
}

/// <summary>A sandbox that gives what the test says and keeps what it was asked to run.</summary>
internal sealed class ScriptedSandbox(Func<SandboxProgram, ProgramRun> run) : ISandbox
{
    public List<SandboxProgram> Programs { get; } = [];

    public Task<ProgramRun> Run(SandboxProgram program, CancellationToken stop)
    {
        Programs.Add(program);
        return Task.FromResult(run(program));
    }
}
