using System.Text.Json;
using System.Text.RegularExpressions;

namespace Nola.Silo.Commands;

/// <summary>A line in which a program reports metrics: a JSON object with at least one number, such as <c>{"step": 10, "macro-f1": 0.7}</c>.</summary>
/// <param name="Step">Its <c>step</c>; null when it has none.</param>
/// <param name="Epoch">Its <c>epoch</c>; null when it has none.</param>
/// <param name="Values">All other numbers by name, also those that are not finite.</param>
internal sealed partial record MetricLine(long? Step, double? Epoch, ImmutableSortedDictionary<string, double> Values)
{
    /// <summary>What a line reports; null when it is no report but a line for people.</summary>
    public static MetricLine? Read(string line)
    {
        var text = line.AsSpan().Trim();
        if (text is not ['{', .., '}'])
            return null;
        try
        {
            return Of(text.ToString());
        }
        catch (JsonException)
        {
            // Python writes NaN and Infinity bare, which no JSON reader takes.
            var quoted = NotFinite().Replace(text.ToString(), "\"$0\"");
            try
            {
                return quoted.Length > text.Length ? Of(quoted) : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    private static MetricLine? Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        long? step = null;
        double? epoch = null;
        var values = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (NumberOf(property.Value) is not { } number)
                continue;
            if (property.Name == "step" && number >= 0 && number < long.MaxValue)
                step = (long)number;
            else if (property.Name == "epoch")
                epoch = number;
            else if (property.Name != "step")
                values[property.Name] = number;
        }

        return values.Count == 0 ? null : new(step, epoch, values.ToImmutable());
    }

    private static double? NumberOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String => value.GetString()!.ToLowerInvariant() switch
        {
            "nan" or "-nan" => double.NaN,
            "inf" or "infinity" => double.PositiveInfinity,
            "-inf" or "-infinity" => double.NegativeInfinity,
            _ => null,
        },
        _ => null,
    };

    [GeneratedRegex(@"(?<=:\s*)-?(NaN|Infinity|inf)(?=\s*[,}])", RegexOptions.IgnoreCase)]
    private static partial Regex NotFinite();
}
