using Nola.Core.Workers;
using Nola.Silo.Workers;

namespace Nola.Silo.Reasoning;

/// <summary>
/// The worker process that runs the silo's local models, on the CPU: started with the first question, it keeps each model that it has loaded and answers
/// one question at a time.
/// </summary>
internal sealed class LocalModels(WorkerSettings settings) : IAsyncDisposable
{
    private readonly SemaphoreSlim asking = new(1, 1);
    private ModelWorker? worker;

    /// <summary>Continues a text.</summary>
    /// <exception cref="ModelWorkException">The model cannot be used.</exception>
    /// <exception cref="WorkerException">The process cannot be started, or ended; the next question starts another one.</exception>
    public async Task<Generation> Generate(GenerationJob job, CancellationToken stop)
    {
        await asking.WaitAsync(stop);
        try
        {
            if (worker is { IsAlive: false })
            {
                await worker.DisposeAsync();
                worker = null;
            }

            worker ??= await ModelWorker.Start(settings, null, stop);
            return await worker.Generate(job, stop);
        }
        finally
        {
            asking.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (worker is not null)
            await worker.DisposeAsync();
        asking.Dispose();
    }
}
