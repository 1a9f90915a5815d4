using System.Globalization;
using Nola.Core.Workers;
using StreamJsonRpc;

namespace Nola.Silo.Workers;

/// <summary>A worker process on this machine's processor, for work on model files outside of any trial.</summary>
public sealed class ModelWorker : IAsyncDisposable
{
    private readonly WorkerProcess worker;

    private ModelWorker(WorkerProcess worker) => this.worker = worker;

    /// <summary>Starts the process.</summary>
    /// <param name="threads">CPU threads that it may use; null for as many as the machine has.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="WorkerException">It cannot be started.</exception>
    public static async Task<ModelWorker> Start(int? threads, CancellationToken cancellation) => await Start(new(), threads, cancellation);

    /// <summary>Starts the process that the settings name.</summary>
    internal static async Task<ModelWorker> Start(WorkerSettings settings, int? threads, CancellationToken cancellation) =>
        new(await WorkerProcess.Start(settings.Program, new(threads ?? Environment.ProcessorCount, "cpu"), null, cancellation));

    /// <inheritdoc cref="IWorker.Predict"/>
    /// <exception cref="ModelWorkException">The model cannot be used.</exception>
    public Task<Predictions> Predict(PredictionJob job, CancellationToken cancellation) => Ask(rpc => rpc.Predict(job, cancellation), cancellation);

    /// <inheritdoc cref="IWorker.Generate"/>
    /// <exception cref="ModelWorkException">The model cannot be used.</exception>
    public Task<Generation> Generate(GenerationJob job, CancellationToken cancellation) => Ask(rpc => rpc.Generate(job, cancellation), cancellation);

    /// <inheritdoc cref="IWorker.Merge"/>
    /// <exception cref="ModelWorkException">The adapter cannot be merged.</exception>
    public Task Merge(MergeJob job, CancellationToken cancellation) => Ask(
        async rpc =>
        {
            await rpc.Merge(job, cancellation);
            return true;
        },
        cancellation);

    /// <summary>Whether it can be asked.</summary>
    public bool IsAlive => worker.IsAlive;

    public ValueTask DisposeAsync() => worker.DisposeAsync();

    private async Task<T> Ask<T>(Func<IWorker, Task<T>> ask, CancellationToken cancellation)
    {
        try
        {
            return await worker.Ask(ask);
        }
        catch (RemoteInvocationException fault)
        {
            throw new ModelWorkException(fault.Message);
        }
        catch (Exception fault) when (fault is ConnectionLostException or ObjectDisposedException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new WorkerException(string.Create(CultureInfo.InvariantCulture, $"The worker process ended: {fault.Message}"));
        }
    }
}

/// <summary>Model files cannot be used as asked; the message is one sentence for the user.</summary>
public sealed class ModelWorkException(string message) : Exception(message);
