using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nola.Silo.Storage;
using Orleans.Configuration;

namespace Nola.Silo.Hosting;

/// <summary>A connection to a cluster from outside.</summary>
public sealed class NolaClusterClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly IHost host;

    private NolaClusterClient(IHost host) => this.host = host;

    /// <summary>Orleans' client.</summary>
    public IClusterClient Client => host.Services.GetRequiredService<IClusterClient>();

    /// <summary>
    /// Connects to <c>redis://HOST:PORT</c> (the gateways that the membership there names) or to the gateway <c>HOST:PORT</c>.
    /// </summary>
    /// <param name="address">The address as a user writes it.</param>
    /// <param name="cluster">The cluster's id; null for <see cref="SiloSettings.DefaultCluster"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="FormatException">It is no address; the message shows the forms that exist.</exception>
    /// <exception cref="ClusterUnreachableException">Nobody answered within 15 s.</exception>
    public static async Task<NolaClusterClient> Connect(string address, string? cluster = null, CancellationToken cancellation = default)
    {
        if (address.StartsWith("redis://", StringComparison.Ordinal))
            return await Connect(StorageOptions.Parse(address), cluster, cancellation);
        var colon = address.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(address[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is 0 or > 65535)
            throw new FormatException($"'{address}' is no cluster; write redis://HOST:PORT, or HOST:PORT of a silo's gateway.");
        var host = address[..colon].Trim('[', ']');
        try
        {
            var found = IPAddress.TryParse(host, out var number) ? number : (await Dns.GetHostAddressesAsync(host, cancellation)).OrderBy(item => item.AddressFamily).First();
            return await Connect(new IPEndPoint(found, port), cluster, cancellation);
        }
        catch (Exception fault) when (fault is System.Net.Sockets.SocketException or ArgumentException or InvalidOperationException)
        {
            throw new FormatException($"'{address}' is no cluster: no address is known for '{host}'; write redis://HOST:PORT, or HOST:PORT of a silo's gateway.");
        }
    }

    /// <summary>Connects to the silo that has a SQLite store open.</summary>
    /// <param name="owner">The silo.</param>
    /// <param name="storePath">The SQLite file.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ClusterUnreachableException">It did not answer within 15 s, or gave the store back before.</exception>
    public static Task<NolaClusterClient> Connect(StoreOwner owner, string storePath, CancellationToken cancellation = default) =>
        Connect(Gateway(IPEndPoint.Parse(owner.Gateway)), owner.Gateway, owner.Cluster, cancellation, isThere: () => StoreOwner.TryFind(storePath) == owner);

    /// <summary>Connects to the gateways that the membership in a Redis server names.</summary>
    public static Task<NolaClusterClient> Connect(StorageOptions storage, string? cluster = null, CancellationToken cancellation = default) =>
        storage.Kind == StorageKind.Redis
            ? Connect(client => client.UseNolaMembership(storage), "redis://" + storage.Location, cluster, cancellation)
            : throw new ArgumentException("Only a Redis store tells clients where its cluster is.", nameof(storage));

    /// <summary>Connects to one gateway.</summary>
    public static Task<NolaClusterClient> Connect(IPEndPoint gateway, string? cluster = null, CancellationToken cancellation = default) =>
        Connect(Gateway(gateway), gateway.ToString(), cluster, cancellation);

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }

    private static Action<IClientBuilder> Gateway(IPEndPoint gateway) => client => client.UseStaticClustering(gateway);

    private static async Task<NolaClusterClient> Connect(
        Action<IClientBuilder> membership, string address, string? cluster, CancellationToken cancellation, Func<bool>? isThere = null)
    {
        var id = cluster ?? SiloSettings.DefaultCluster;
        var time = TimeProvider.System;
        var began = time.GetTimestamp();
        Exception? last = null;
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.UseOrleansClient(client =>
        {
            membership(client);
            client.Configure<ClusterOptions>(options => options.ClusterId = options.ServiceId = id);
            client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2));
            client.UseConnectionRetryFilter(async (fault, stop) =>
            {
                last = fault;
                if (time.GetElapsedTime(began) > Patience || isThere?.Invoke() == false)
                    return false;
                await Task.Delay(TimeSpan.FromMilliseconds(250), time, stop);
                return true;
            });
        });
        var host = builder.Build();
        using var limit = new CancellationTokenSource(Patience + TimeSpan.FromSeconds(5), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await host.StartAsync(either.Token);
            return new(host);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            host.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw new ClusterUnreachableException(address, id, last ?? fault);
        }
    }
}

/// <summary>No silo of the cluster answered.</summary>
public sealed class ClusterUnreachableException(string address, string cluster, Exception cause)
    : Exception($"No silo of the cluster '{cluster}' answers at {address} ({cause.Message.Split('\n')[0].TrimEnd('.', ' ')}); check the address, NOLA_CLUSTER, and that a silo is running.", cause);
