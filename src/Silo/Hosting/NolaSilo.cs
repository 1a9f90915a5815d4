using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nola.Core.Trials;
using Nola.Grains.Hosting;
using Nola.Grains.Placement;
using Nola.Silo.Commands;
using Nola.Silo.Health;
using Nola.Silo.Reasoning;
using Nola.Silo.Storage;
using Nola.Silo.Workers;
using Orleans.Configuration;

namespace Nola.Silo.Hosting;

/// <summary>Puts a silo together: Orleans, storage, the engine, the workers and the HTTP endpoints.</summary>
public static class NolaSilo
{
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(60);

    /// <summary>A host that is built but not started. It leaves signals to its caller; see <see cref="Run"/> for a whole process.</summary>
    /// <exception cref="StoreInUseException">The SQLite store belongs to another silo.</exception>
    /// <exception cref="StoreException">The store cannot be used.</exception>
    public static IHost Build(SiloSettings settings)
    {
        settings = settings with { SiloPort = PortOrFree(settings.SiloPort), GatewayPort = PortOrFree(settings.GatewayPort) };
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        AddLogging(builder.Logging, settings);
        var services = builder.Services;
        services.AddSingleton<IHostLifetime, NoSignals>();
        services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownLimit);
        services.AddSingleton(settings);
        services.AddSingleton<SiloHealth>();
        builder.AddNolaTraces();
        if (settings.HttpPort is not null)
        {
            services.AddSingleton<HttpEndpoints>();
            services.AddHostedService(provider => provider.GetRequiredService<HttpEndpoints>());
        }

        if (settings.Storage.Kind == StorageKind.Sqlite)
            AddStoreLock(services, settings);
        services.AddSingleton(settings.Workers);
        services.AddSingleton<WorkerPool>();
        services.AddSingleton<DeviceTest>();
        services.AddSingleton<ITrialRunner, TrainingRunner>();
        services.AddSingleton<LocalModels>();
        services.AddSingleton<Endpoints>();
        services.AddSingleton<SandboxHost>();
        services.AddSingleton<ITrialRunner, ReasoningRunner>();
        services.AddSingleton<ProgramGuard>();
        services.AddSingleton<ITrialRunner, CommandRunner>();
        builder.UseOrleans(silo => Configure(silo, settings));
        return builder.Build();
    }

    /// <summary>
    /// Runs a silo as the work of this process: prints a line that begins with <c>ready:</c> once it takes work, then one that begins with
    /// <c>sandbox:</c> and tells which programs it runs; drains on SIGTERM and Ctrl-C, and ends
    /// at once on the second of these.
    /// </summary>
    /// <returns>0 after a drain, 1 when the silo could not start; the reason is one line on <paramref name="errors"/>.</returns>
    public static async Task<int> Run(SiloSettings settings, TextWriter output, TextWriter errors, CancellationToken cancellation = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Drain);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Drain);
        try
        {
            using var host = Build(settings);
            await host.StartAsync(stop.Token);
            var health = host.Services.GetRequiredService<SiloHealth>();
            await health.Ready.WaitAsync(stop.Token);
            if (health.Notice is { } notice)
                await errors.WriteLineAsync(notice);
            await output.WriteLineAsync(ReadyLine(host.Services));
            await output.FlushAsync(CancellationToken.None);
            var checking = settings.Role == SiloRole.Control ? Task.CompletedTask : TellSandbox(host.Services.GetRequiredService<SandboxHost>(), output, stop.Token);
            await Task.Delay(Timeout.InfiniteTimeSpan, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await checking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            health.Drain();
            await host.StopAsync(CancellationToken.None);
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0; // Told to stop before it was ready.
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            await errors.WriteLineAsync($"The silo could not start: {Reason(fault)}");
            return 1;
        }

        void Drain(PosixSignalContext signal)
        {
            signal.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    private static async Task TellSandbox(SandboxHost sandbox, TextWriter output, CancellationToken stop)
    {
        await output.WriteLineAsync($"sandbox: {await sandbox.Check(stop)}");
        await output.FlushAsync(CancellationToken.None);
    }

    private static void Configure(ISiloBuilder silo, SiloSettings settings)
    {
        var isLocal = IPAddress.IsLoopback(settings.Advertise);
        silo.Configure<ClusterOptions>(options => options.ClusterId = options.ServiceId = settings.Cluster)
            .Configure<SiloOptions>(options => options.SiloName = settings.Name ?? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}"))
            .ConfigureEndpoints(settings.Advertise, settings.SiloPort, settings.GatewayPort, listenOnAnyHostAddress: !isLocal)
            .UseNolaStorage(settings.Storage, new(settings.Advertise, settings.SiloPort))
            .AddNolaGrains(settings.Role, options => options.ArtifactFolder = settings.ArtifactFolder);
        silo.Services.AddOptions<NolaGrainsOptions>().Configure<DeviceTest>((options, test) => options.TestDevices = test.Run).Configure<SandboxHost>((options, sandbox) => options.TestPrograms = sandbox.Test);
    }

    private static void AddLogging(ILoggingBuilder logging, SiloSettings settings)
    {
        logging.SetMinimumLevel(settings.LogLevel);
        // Advice about the garbage collector, and a watchdog that counts from the machine's start: neither helps anybody.
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error).AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        if (settings.LogFile is { } file)
            logging.AddProvider(new FileLoggerProvider(file));
        if (settings.LogsToConsole)
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            });
            logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        }
    }

    // Taken before anything else of the silo begins, given back after its store is closed.
    private static void AddStoreLock(IServiceCollection services, SiloSettings settings)
    {
        var held = StoreLock.Take(settings.Storage.Location, new IPEndPoint(settings.Advertise, settings.GatewayPort).ToString(), settings.Cluster, TimeProvider.System);
        services.AddSingleton(_ => held);
        services.AddHostedService<StoreLockHolder>();
    }

    private static string ReadyLine(IServiceProvider services)
    {
        var settings = services.GetRequiredService<SiloSettings>();
        var http = services.GetService<HttpEndpoints>()?.Address?.ToString() ?? "off";
        return $"ready: silo {new IPEndPoint(settings.Advertise, settings.SiloPort)} gateway {new IPEndPoint(settings.Advertise, settings.GatewayPort)} http {http}";
    }

    // The innermost cause says what happened; Orleans wraps it in its lifecycle.
    private static string Reason(Exception fault)
    {
        while (fault is not StoreException && fault.InnerException is { } inner)
            fault = inner;
        return fault.Message.ReplaceLineEndings(" ");
    }

    private static int PortOrFree(int port)
    {
        if (port > 0)
            return port;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // Asks for the lock, so that the container gives it back in the end.
    private sealed class StoreLockHolder(StoreLock held) : IHostedService
    {
        public StoreLock Held { get; } = held;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
