using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Nola.Core.Endpoints;
using Nola.Core.Experiments;
using Nola.Grains.Endpoints;
using Nola.Reasoning.Endpoints;
using Nola.Silo.Hosting;

namespace Nola.Silo.Reasoning;

/// <summary>Opens the endpoints of models; calls of one account share its limits across the cluster.</summary>
internal sealed class Endpoints(IGrainFactory grains, LocalModels local, ILocalSiloDetails silo, SiloSettings settings, TimeProvider time, ILogger<Endpoints> logger)
{
    private readonly ConcurrentDictionary<(string Account, EndpointLimits Limits), ClusterLimiter> limiters = new();

    /// <summary>The endpoint of a model.</summary>
    /// <exception cref="ArgumentException">The model's key is not there, or it is no model that answers prompts.</exception>
    /// <exception cref="Nola.Reasoning.Problems.ProblemException">Its file of answers is not right.</exception>
    public IEndpoint Open(ModelSpec model) => model switch
    {
        LocalModel here => new LocalEndpoint(here, local),
        RecordedModel recorded => new ReplayEndpoint(recorded.Id, recorded.Answers),
        ServedModel served => new OpenAiEndpoint(OptionsOf(served), limiters.GetOrAdd((served.Account, served.Limits), Limiter), time),
        _ => throw new ArgumentException($"The model '{model.Id}' answers no prompts; it needs an endpoint.", nameof(model)),
    };

    private ClusterLimiter Limiter((string Account, EndpointLimits Limits) of) =>
        new(silo.Name, of.Limits, grains.GetGrain<IEndpointGrain>(of.Account).Exchange, time, logger);

    private OpenAiOptions OptionsOf(ServedModel model) => new()
    {
        Url = new(model.Url),
        Model = model.Model,
        Key = model.Key is { } key ? ApiKey.Read(key) : null,
        KeyHeader = model.KeyHeader,
        Completions = model.Completions,
        LogProbabilities = model.LogProbabilities,
        ExtraBody = model.Body is { } body ? JsonNode.Parse(body)!.AsObject() : null,
        AttemptTime = model.AttemptTime,
        TotalTime = model.TotalTime,
        TraceContent = settings.TracesContent,
    };
}
