using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Nola.Core.Trials;

namespace Nola.EndToEnd.Tests.Harness;

/// <summary>What <c>nola show</c> and <c>nola report</c> tell of an experiment.</summary>
internal static class Results
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower), new Seconds() },
    };

    /// <summary>The finished trials of a study in order of their numbers, asked of the engine that the options name.</summary>
    public static async Task<IReadOnlyList<TrialRecord>> Trials(string experiment, int study, params string[] engine)
    {
        var text = await NolaProcess.Run(0, ["show", experiment, "--study", $"{study}", "--json", .. engine]);
        return [.. JsonSerializer.Deserialize<TrialRecord[]>(text, Options)!.OrderBy(trial => trial.Id.Number)];
    }

    /// <summary>A record as text, so that two can be compared as wholes.</summary>
    public static string Text(TrialRecord record) => JsonSerializer.Serialize(record, Options);

    /// <summary>
    /// A report as JSON without what no two runs share: times, speed, memory and the folder. Metrics, outcomes and parameters stay.
    /// </summary>
    public static string WithoutTimes(string report)
    {
        var whole = JsonNode.Parse(report)!.AsObject();
        foreach (var name in new[] { "submittedAt", "endedAt", "elapsedSeconds", "usage", "cost", "provenance" })
            whole.Remove(name);
        foreach (var study in whole["studies"]!.AsArray())
            foreach (var name in new[] { "secondsToPeak", "peakMemory", "samplesPerSecond", "usage", "cost", "efficiency" })
                study!.AsObject().Remove(name);
        return whole.ToJsonString();
    }

    private sealed class Seconds : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => TimeSpan.FromSeconds(reader.GetDouble());

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(value.TotalSeconds);
    }
}
