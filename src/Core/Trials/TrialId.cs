using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nola.Core.Trials;

/// <summary>Names a trial: experiment, study (from 0) and number within the study (from 0).</summary>
[GenerateSerializer]
[Immutable]
[Alias("nola.TrialId")]
[JsonConverter(typeof(TrialIdConverter))]
public readonly record struct TrialId([property: Id(0)] string Experiment, [property: Id(1)] int Study, [property: Id(2)] int Number)
{
    /// <summary>The id as text, which is also the key of the trial's grain: <c>experiment/study/number</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Experiment}/{Study}/{Number}");

    /// <summary>Reads what <see cref="ToString"/> writes. Throws <see cref="FormatException"/> on anything else.</summary>
    public static TrialId Parse(string text)
    {
        var parts = text.Split('/');
        if (parts.Length == 3
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var study)
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return new(parts[0], study, number);
        throw new FormatException($"'{text}' is no trial id; one looks like experiment/0/12.");
    }
}

/// <summary>Writes a trial id as its text.</summary>
public sealed class TrialIdConverter : JsonConverter<TrialId>
{
    public override TrialId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => TrialId.Parse(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, TrialId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
