using System.Text.Json.Nodes;
using Nola.Reasoning.Problems;

namespace Nola.Reasoning.Endpoints;

/// <summary>
/// Recorded answers: JSON lines <c>{"id": …, "sample": 0, "turn": 0, "text": "raw completion"}</c>; <c>sample</c> and <c>turn</c> are 0 where absent. A line
/// with <c>dataset</c> is an answer to that set's problem alone.
/// </summary>
public sealed class ReplayEndpoint : IEndpoint
{
    private readonly Dictionary<(string? Dataset, string Id, int Sample, int Turn), string> answers = [];
    private readonly string file;

    /// <param name="model">Name of the model that gave the answers.</param>
    /// <param name="file">The file; it is read at once.</param>
    /// <exception cref="ProblemException">The file is missing, a line is malformed, or an answer is there twice.</exception>
    public ReplayEndpoint(string model, string file)
    {
        Model = model;
        this.file = file;
        foreach (var line in JsonLines.Read(file))
        {
            var key = (Dataset: line.Text("dataset"), Id: line.RequiredText("id"), Sample: Number(line, "sample"), Turn: Number(line, "turn"));
            if (!answers.TryAdd(key, line.RequiredText("text")))
                throw line.Fault($"the answer to '{key.Id}', sample {key.Sample}, turn {key.Turn} is there already");
        }
    }

    public string Model { get; }

    /// <summary>Answers recorded.</summary>
    public int Count => answers.Count;

    public string KeyOf(EndpointCall call) => CallKey.Of(file, Model, new JsonObject { ["dataset"] = call.Dataset, ["id"] = call.Id, ["turn"] = call.Turn }, call.Sample);

    public Task<EndpointReply> Ask(EndpointCall call, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        return Task.FromResult<EndpointReply>(Find(call) is { } text
            ? new Answered(text, "stop", new(TokenCount.EstimateOf(call.Prompt).Prompt, TokenCount.EstimateOf(text), IsEstimate: true), 1, TimeSpan.Zero)
            : new Unanswered($"{file} holds no answer to '{call.Id}', sample {call.Sample}, turn {call.Turn}", 0, TimeSpan.Zero));
    }

    public void Dispose()
    {
        // Holds nothing.
    }

    private string? Find(EndpointCall call) =>
        answers.GetValueOrDefault((call.Dataset, call.Id, call.Sample, call.Turn)) ?? answers.GetValueOrDefault((null, call.Id, call.Sample, call.Turn));

    private static int Number(JsonLine line, string key) => line.Text(key) is not { } text ? 0
        : int.TryParse(text, out var number) && number >= 0 ? number
        : throw line.Fault($"'{key}' is {text}; it must be a whole number from 0");
}
