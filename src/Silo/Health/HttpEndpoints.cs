using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nola.Silo.Hosting;
using OpenTelemetry.Metrics;

namespace Nola.Silo.Health;

/// <summary>
/// Serves <c>/metrics</c> (Prometheus), <c>/healthz</c> (the process answers) and <c>/readyz</c> (the silo takes work). Starts before the silo and
/// stops after it, so that starting and draining can be watched.
/// </summary>
internal sealed class HttpEndpoints(SiloSettings settings, SiloHealth health) : IHostedService
{
    private WebApplication? application;

    /// <summary>The address it listens on; null before it does.</summary>
    public IPEndPoint? Address { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        var listenOn = IPAddress.IsLoopback(settings.Advertise) ? IPAddress.Loopback : IPAddress.Any;
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(listenOn, settings.HttpPort!.Value));
        builder.Services.AddRoutingCore();
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("Nola.*", "Microsoft.Orleans", "System.Runtime")
            .AddPrometheusExporter());
        application = builder.Build();
        application.UseRouting();
        application.MapGet("/healthz", (RequestDelegate)(context => Answer(context, true)));
        application.MapGet("/readyz", (RequestDelegate)(context => Answer(context, health.Phase == SiloPhase.Ready)));
        application.MapPrometheusScrapingEndpoint();
        await application.StartAsync(cancellationToken);
        Address = new(listenOn, new Uri(application.Urls.First()).Port);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (application is null)
            return;
        await application.StopAsync(cancellationToken);
        await application.DisposeAsync();
    }

    private Task Answer(HttpContext context, bool isWell)
    {
        context.Response.StatusCode = isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsJsonAsync(new { phase = health.Phase.ToString().ToLowerInvariant(), notice = health.Notice, sandbox = health.Sandbox });
    }
}
