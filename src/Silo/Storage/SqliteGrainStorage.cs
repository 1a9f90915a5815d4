using System.Globalization;
using Orleans.Storage;

namespace Nola.Silo.Storage;

/// <summary>Orleans' grain storage over a <see cref="SqliteStore"/>; the version of a state is its ETag.</summary>
internal sealed class SqliteGrainStorage(SqliteStore store, IGrainStorageSerializer serializer) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var found = store.Read(Key(stateName, grainId));
        grainState.ETag = found?.Version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = found?.Json is not null;
        grainState.State = found?.Json is { } json ? serializer.Deserialize<T>(new BinaryData(json)) : Activator.CreateInstance<T>();
        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        grainState.ETag = await Put(stateName, grainId, serializer.Serialize(grainState.State).ToArray(), grainState.ETag);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.ETag is not null)
            grainState.ETag = await Put(stateName, grainId, null, grainState.ETag);
        grainState.RecordExists = false;
        grainState.State = Activator.CreateInstance<T>();
    }

    private static string Key(string stateName, GrainId grainId) => $"{grainId}/{stateName}";

    private async Task<string> Put(string stateName, GrainId grainId, byte[]? json, string? etag)
    {
        try
        {
            var version = await store.Put(Key(stateName, grainId), json, etag is null ? null : long.Parse(etag, CultureInfo.InvariantCulture));
            return version.ToString(CultureInfo.InvariantCulture);
        }
        catch (StaleStateException stale)
        {
            throw new InconsistentStateException(stale.Message, stale.Stored?.ToString(CultureInfo.InvariantCulture) ?? "none", etag ?? "none", stale);
        }
    }
}
