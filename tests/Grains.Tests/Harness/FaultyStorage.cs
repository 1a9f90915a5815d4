using System.Collections.Concurrent;
using System.Globalization;
using Nola.Grains.Storage;
using Orleans.Storage;

namespace Nola.Grains.Tests.Harness;

/// <summary>Storage that outlives silos and fails on demand: before a write, or after it and before the acknowledgement.</summary>
internal sealed class FaultyStorage(int seed = 0, double failureRate = 0) : IGrainStorage
{
    private readonly ConcurrentDictionary<(string, GrainId), (byte[] Data, long Version)> records = new();
    private readonly StateSerializer serializer = new();
    private readonly Random random = new(seed);

    /// <summary>A folder for artifacts that outlives silos, too.</summary>
    public string Artifacts { get; } = Directory.CreateTempSubdirectory("nola-artifacts-").FullName;

    public double FailureRate { get; set; } = failureRate;

    public int Failures { get; private set; }

    public int Records => records.Count;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (records.TryGetValue((stateName, grainId), out var found))
        {
            grainState.State = serializer.Deserialize<T>(new(found.Data));
            (grainState.ETag, grainState.RecordExists) = (found.Version.ToString(CultureInfo.InvariantCulture), true);
        }
        else
        {
            (grainState.ETag, grainState.RecordExists) = (null, false);
            grainState.State ??= Activator.CreateInstance<T>();
        }

        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var data = serializer.Serialize(grainState.State).ToArray();
        await Task.Yield();
        var failsLate = Fails("before");
        var key = (stateName, grainId);
        lock (records)
        {
            var version = records.TryGetValue(key, out var found) ? found.Version : 0;
            if ((grainState.ETag ?? "0") != version.ToString(CultureInfo.InvariantCulture))
                throw new InconsistentStateException("stale", version.ToString(CultureInfo.InvariantCulture), grainState.ETag);
            records[key] = (data, version + 1);
            if (failsLate)
                throw new IOException("injected after the write");
            (grainState.ETag, grainState.RecordExists) = ((version + 1).ToString(CultureInfo.InvariantCulture), true);
        }
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Fails("before clearing");
        records.TryRemove((stateName, grainId), out _);
        (grainState.ETag, grainState.RecordExists, grainState.State) = (null, false, Activator.CreateInstance<T>());
        return Task.CompletedTask;
    }

    // Throws half of the failures; the other half is told to the caller.
    private bool Fails(string when)
    {
        lock (random)
        {
            if (random.NextDouble() >= FailureRate)
                return false;
            Failures++;
            return random.Next(2) == 0 ? throw new IOException($"injected {when} the write") : true;
        }
    }
}
