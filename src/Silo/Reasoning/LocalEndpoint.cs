using System.Globalization;
using System.Text.Json.Nodes;
using Nola.Core.Experiments;
using Nola.Reasoning.Endpoints;
using Nola.Silo.Workers;

namespace Nola.Silo.Reasoning;

/// <summary>A causal language model of a folder, run by a worker of this silo.</summary>
internal sealed class LocalEndpoint(LocalModel model, LocalModels models) : IEndpoint
{
    // A model that was trained on in place answers otherwise.
    private readonly string files = string.Join('|', Directory.EnumerateFiles(model.Path).Order(StringComparer.Ordinal).Select(path => new FileInfo(path))
        .Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}")));

    public string Model => model.Id;

    public string KeyOf(EndpointCall call) => CallKey.Of("local:" + model.Path, files, new JsonObject
    {
        ["prompt"] = TextOf(call),
        ["max_tokens"] = call.Prompt.MaxTokens,
        ["temperature"] = call.Sampling.Temperature,
        ["top_p"] = call.Sampling.TopP,
        ["seed"] = call.Seed,
        ["stop"] = new JsonArray([.. call.Prompt.Stop.Select(text => JsonValue.Create(text))]),
    }, call.Sample);

    public async Task<EndpointReply> Ask(EndpointCall call, CancellationToken stop)
    {
        var began = TimeProvider.System.GetTimestamp();
        try
        {
            var written = await models.Generate(
                new(model.Path, TextOf(call), call.Prompt.MaxTokens, call.Sampling.Temperature, call.Sampling.TopP, call.Seed ?? 0, call.Prompt.Stop), stop);
            return new Answered(written.Text, written.IsCut ? "length" : "stop", new(written.PromptTokens, written.WrittenTokens), 1, TimeProvider.System.GetElapsedTime(began));
        }
        catch (Exception fault) when (fault is ModelWorkException or WorkerException)
        {
            return new Unanswered(fault.Message, 1, TimeProvider.System.GetElapsedTime(began));
        }
    }

    public void Dispose()
    {
        // The model stays loaded for the next trial.
    }

    private string TextOf(EndpointCall call) => (model.Completions ?? PromptFrames.Known["none"]).Wrap(call.Prompt);
}
