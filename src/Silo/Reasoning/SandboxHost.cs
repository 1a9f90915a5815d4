using Nola.Reasoning.Sandbox;

namespace Nola.Silo.Reasoning;

/// <summary>The silo's sandbox, started when the first program is to be run.</summary>
internal sealed class SandboxHost : ISandbox, IAsyncDisposable
{
    private readonly Lazy<Task<BubblewrapSandbox>> sandbox = new(() => BubblewrapSandbox.Start());

    /// <summary>The sandbox, started and tested.</summary>
    public Task<BubblewrapSandbox> Started => sandbox.Value;

    public async Task<ProgramRun> Run(SandboxProgram program, CancellationToken stop) => await (await Started).Run(program, stop);

    public async ValueTask DisposeAsync()
    {
        if (sandbox.IsValueCreated)
            await (await sandbox.Value).DisposeAsync();
    }
}
