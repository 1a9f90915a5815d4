using Nola.Testing.Processes;
using StackExchange.Redis;

namespace Nola.Silo.Tests.Storage;

public sealed class RedisStorageTests : StorageConformance
{
    private RedisServer redis = null!;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await redis.DisposeAsync();
    }

    protected override async Task<string> Address()
    {
        redis = await RedisServer.Start();
        return redis.Address;
    }

    protected override async Task<string?> Raw(string stateName, GrainId id)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{redis.Port}");
        var server = connection.GetServer("127.0.0.1", redis.Port);
        var key = server.Keys(pattern: "*").Single(key => key.ToString().Contains(id.ToString(), StringComparison.Ordinal) && key.ToString().Contains(stateName, StringComparison.Ordinal));
        return (await connection.GetDatabase().HashGetAsync(key, "data")).ToString();
    }
}
