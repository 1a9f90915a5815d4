using System.Collections.Concurrent;
using Nola.Core.Devices;

namespace Nola.Silo.Workers;

/// <summary>The silo's workers, one per slot, kept warm between trials.</summary>
internal sealed class WorkerPool(WorkerSettings settings) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Device, int Slot), WorkerProcess> workers = new();
    private readonly ConcurrentDictionary<(string Device, int Slot), SemaphoreSlim> starting = new();

    /// <summary>Ids of the processes there are.</summary>
    internal IEnumerable<int> Processes => workers.Values.Select(worker => worker.Id);

    /// <summary>The slot's worker: the one at hand, or a new process where it has none or the old one has ended. Trials that share a slot get the same one.</summary>
    public async Task<WorkerProcess> Take(Device device, int slot, CancellationToken cancellation)
    {
        var oneAtATime = starting.GetOrAdd((device.Id, slot), _ => new(1));
        await oneAtATime.WaitAsync(cancellation);
        try
        {
            if (workers.TryGetValue((device.Id, slot), out var known))
            {
                if (known.IsAlive)
                    return known;
                workers.TryRemove((device.Id, slot), out _);
                await known.DisposeAsync();
            }

            // The worker sees its own GPU only, and so calls it cuda:0.
            var index = device.Kind == DeviceKind.Cuda ? device.Id["cuda:".Length..] : null;
            var worker = await WorkerProcess.Start(settings.Program, new(device.Threads, index is null ? "cpu" : "cuda:0"), index, cancellation);
            workers[(device.Id, slot)] = worker;
            return worker;
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    /// <summary>Ends the slot's worker, where it has one.</summary>
    public async Task Dismiss(Device device, int slot)
    {
        if (workers.TryRemove((device.Id, slot), out var known))
            await known.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in workers.Values)
            await worker.DisposeAsync();
        workers.Clear();
    }
}
