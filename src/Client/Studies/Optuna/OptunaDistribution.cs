using System.Text.Encodings.Web;
using System.Text.Json;
using Nola.Core.Searching;
using Nola.Search.Spaces;

namespace Nola.Client.Studies.Optuna;

/// <summary>Distributions as Optuna's storages hold them: a JSON text with name and attributes, and values as numbers (of a list, the position).</summary>
internal static class OptunaDistribution
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The JSON text of a distribution.</summary>
    public static string Write(Distribution values) => values switch
    {
        Choices choices => Text("CategoricalDistribution", new() { ["choices"] = choices.Values }),
        FloatRange range => Text("FloatDistribution", new() { ["step"] = range.Step is { } step ? (ParameterValue)step : (object?)null, ["low"] = (ParameterValue)range.Low, ["high"] = (ParameterValue)range.High, ["log"] = range.Log }),
        IntegerRange range => Text("IntDistribution", new() { ["log"] = range.Log, ["step"] = range.Step, ["low"] = range.Low, ["high"] = range.High }),
        _ => throw new ArgumentOutOfRangeException(nameof(values), values, "Optuna has no such distribution."),
    };

    /// <summary>The number that stands for a value.</summary>
    public static ParameterValue Internal(Distribution values, ParameterValue value) => values is Choices ? Domain.IndexOf(values, value) : value.AsNumber();

    /// <summary>The value that a number stands for; null for Python's None. Throws <see cref="FormatException"/> for a distribution that no version of Optuna writes.</summary>
    /// <param name="distribution">The JSON text.</param>
    /// <param name="number">The number.</param>
    public static ParameterValue? External(string distribution, double number)
    {
        try
        {
            using var json = JsonDocument.Parse(distribution);
            var attributes = json.RootElement.GetProperty("attributes");
            switch (json.RootElement.GetProperty("name").GetString())
            {
                case "CategoricalDistribution":
                    var choice = attributes.GetProperty("choices")[(int)number];
                    return choice.ValueKind == JsonValueKind.Null ? (ParameterValue?)null : choice.Deserialize<ParameterValue>();
                case "IntDistribution" or "IntUniformDistribution" or "IntLogUniformDistribution":
                    return (long)number;
                case "FloatDistribution" or "UniformDistribution" or "LogUniformDistribution" or "DiscreteUniformDistribution":
                    return number;
                case var name:
                    throw new FormatException($"there is no distribution '{name}' in Optuna");
            }
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or IndexOutOfRangeException or InvalidOperationException)
        {
            throw new FormatException("the distribution is not as Optuna writes it", fault);
        }
    }

    private static string Text(string name, Dictionary<string, object?> attributes) => JsonSerializer.Serialize(new { name, attributes }, Plain);
}
