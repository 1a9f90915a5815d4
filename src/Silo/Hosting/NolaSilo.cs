using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nola.Core.Trials;
using Nola.Grains.Hosting;
using Nola.Silo.Storage;
using Nola.Silo.Workers;

namespace Nola.Silo.Hosting;

/// <summary>Puts a silo together: Orleans, storage, the engine and the workers.</summary>
public static class NolaSilo
{
    /// <summary>A host that is built but not started.</summary>
    public static IHost Build(SiloSettings settings)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        if (settings.LogFile is { } file)
            builder.Logging.AddProvider(new FileLoggerProvider(file));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(60));
        builder.Services.AddSingleton(new WorkerSettings());
        builder.Services.AddSingleton<WorkerPool>();
        builder.Services.AddSingleton<ITrialRunner, TrainingRunner>();
        builder.UseOrleans(silo => silo
            .UseNolaStorage(settings.Storage, PortOrFree(settings.SiloPort), PortOrFree(settings.GatewayPort))
            .AddNolaGrains(options =>
            {
                options.Devices = [NolaGrainsOptions.LightDevice, .. settings.Devices];
                options.ArtifactFolder = settings.ArtifactFolder;
            }));
        return builder.Build();
    }

    private static int PortOrFree(int port)
    {
        if (port > 0)
            return port;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
