using Nola.Contracts;
using Nola.Core.Experiments;
using Nola.Silo.Hosting;
using Nola.Testing.Processes;

namespace Nola.Benchmarks.Engine;

/// <summary>Three silos, each a process of its own, over a Redis server with an append-only file, and a client of theirs in this process.</summary>
internal sealed class SiloCluster : IAsyncDisposable
{
    private readonly RedisServer redis;
    private readonly NolaClusterClient connection;

    private SiloCluster(RedisServer redis, ImmutableArray<SiloProcess> silos, NolaClusterClient connection)
    {
        this.redis = redis;
        Silos = silos;
        this.connection = connection;
    }

    public ImmutableArray<SiloProcess> Silos { get; }

    public IGrainFactory Grains => connection.Client;

    public static async Task<SiloCluster> Start(string folder)
    {
        var redis = await RedisServer.Start();
        var silos = await Task.WhenAll(Enumerable.Range(1, 3).Select(number => SiloProcess.Start($"silo-{number}", redis.Address, folder)));
        return new(redis, [.. silos], await NolaClusterClient.Connect(redis.Address));
    }

    /// <summary>Runs an experiment to its end.</summary>
    /// <param name="spec">The experiment.</param>
    /// <param name="patience">Longest time without another trial that ends.</param>
    /// <param name="look">Hears every status on the way.</param>
    public async Task<ExperimentStatus> Run(ExperimentSpec spec, TimeSpan patience, Action<ExperimentStatus>? look = null)
    {
        var experiment = Grains.GetGrain<IExperimentGrain>(spec.Name);
        await experiment.Submit(spec);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        var (ended, since) = (-1L, TimeProvider.System.GetTimestamp());
        while (await timer.WaitForNextTickAsync())
        {
            if (TimeProvider.System.GetElapsedTime(since) > patience)
                throw new TimeoutException($"{spec.Name} stands still after {ended} trials.");
            ExperimentStatus status;
            try
            {
                status = (await experiment.GetStatus())!;
            }
            catch (Exception fault) when (fault is OrleansException or TimeoutException)
            {
                continue; // The silo that was asked has died, or is too busy.
            }

            look?.Invoke(status);
            if (status.State == ExperimentState.Finished)
                return status;
            if (status.Counts.Total > ended)
                (ended, since) = (status.Counts.Total, TimeProvider.System.GetTimestamp());
        }

        throw new InvalidOperationException("The timer has ended.");
    }

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        foreach (var silo in Silos)
            await silo.DisposeAsync();
        await redis.DisposeAsync();
    }
}
