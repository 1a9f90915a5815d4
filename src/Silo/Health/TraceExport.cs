using System.Collections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nola.Reasoning.Endpoints;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Nola.Silo.Health;

/// <summary>
/// Sends traces by OTLP where OpenTelemetry's variable <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to; its other variables (<c>_PROTOCOL</c>,
/// <c>_HEADERS</c>, <c>_TIMEOUT</c>, <c>OTEL_SERVICE_NAME</c>, <c>OTEL_TRACES_SAMPLER</c>) hold too.
/// </summary>
internal static class TraceExport
{
    private static readonly string[] Endpoints = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

    /// <summary>Adds the exporter; nothing where no variable names an endpoint.</summary>
    public static void AddNolaTraces(this IHostApplicationBuilder builder)
    {
        // The host reads no variables, and OpenTelemetry looks for its own in the host's configuration.
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(variable => variable is { Key: string name, Value: string { Length: > 0 } } && name.StartsWith("OTEL_", StringComparison.Ordinal))
            .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value);
        if (!Endpoints.Any(variables.ContainsKey))
            return;
        builder.Configuration.AddInMemoryCollection(variables);
        builder.Services.AddOpenTelemetry().WithTracing(traces => traces
            .ConfigureResource(resource => resource.AddService("nola", serviceVersion: typeof(TraceExport).Assembly.GetName().Version?.ToString()).AddEnvironmentVariableDetector())
            .AddSource(EndpointInstruments.Name)
            .AddOtlpExporter());
    }
}
