using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Persistence;
using Orleans.Storage;
using StackExchange.Redis;

namespace Nola.Silo.Storage;

/// <summary>Adds storage, reminders and membership of one kind to a silo or a client.</summary>
public static class StorageSiloBuilderExtensions
{
    /// <summary>
    /// Grain storage and membership: in memory and SQLite for a cluster of one silo, Redis for clusters of several. With Redis a silo that was
    /// killed is declared dead after about 4 s.
    /// </summary>
    public static ISiloBuilder UseNolaStorage(this ISiloBuilder silo, StorageOptions storage, IPEndPoint address)
    {
        switch (storage.Kind)
        {
            case StorageKind.Memory:
                silo.UseDevelopmentClustering(address).AddMemoryGrainStorageAsDefault();
                break;
            case StorageKind.Sqlite:
                silo.UseDevelopmentClustering(address);
                silo.Services.AddSingleton(_ => SqliteStore.Open(storage.Location));
                silo.Services.AddKeyedSingleton<IGrainStorage>("Default", (services, _) => ActivatorUtilities.CreateInstance<SqliteGrainStorage>(services));
                silo.Services.AddSingleton(services => services.GetRequiredKeyedService<IGrainStorage>("Default"));
                break;
            case StorageKind.Redis:
                silo.UseRedisClustering(options => options.ConfigurationOptions = Redis(storage))
                    .AddRedisGrainStorageAsDefault((RedisStorageOptions options) => options.ConfigurationOptions = Redis(storage))
                    .UseRedisReminderService(options => options.ConfigurationOptions = Redis(storage))
                    .Configure<ClusterMembershipOptions>(options =>
                    {
                        options.ProbeTimeout = TimeSpan.FromSeconds(1);
                        options.NumMissedProbesLimit = 3;
                        options.NumVotesForDeathDeclaration = 1;
                        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(10);
                    });
                break;
        }

        return silo;
    }

    /// <summary>The membership through which a client finds the gateways of a Redis cluster.</summary>
    public static IClientBuilder UseNolaMembership(this IClientBuilder client, StorageOptions storage) =>
        client.UseRedisClustering(options => options.ConfigurationOptions = Redis(storage));

    // The server may be away for a while; waiting for it is better than giving up.
    private static ConfigurationOptions Redis(StorageOptions storage) => new() { EndPoints = { storage.Location }, AbortOnConnectFail = false };
}
