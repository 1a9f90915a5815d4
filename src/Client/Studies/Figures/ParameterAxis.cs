using Nola.Core.Searching;
using Nola.Search.Spaces;

namespace Nola.Client.Studies.Figures;

/// <summary>A searched parameter as an axis.</summary>
internal sealed record ParameterAxis(SearchParameter Parameter)
{
    public string Name => Parameter.Name;

    /// <summary>Whether values in between mean something: ranges, and lists of numbers.</summary>
    public bool IsOrdered => Parameter.Values is not Choices choices || choices.Values.All(value => value.IsNumeric);

    public Scale Scale { get; } = Parameter.Values switch
    {
        Choices choices => new NameScale([.. choices.Values.Select(value => value.ToString())]),
        FloatRange { Log: true } range => new LogScale(range.Low, range.High),
        IntegerRange { Log: true } range => new LogScale(range.Low, range.High),
        FloatRange range => new LinearScale(range.Low, range.High),
        IntegerRange range => new LinearScale(range.Low, Math.Max(range.High, range.Low + 1)),
        _ => throw new ArgumentOutOfRangeException(nameof(Parameter), Parameter.Values, "There is no axis for these values."),
    };

    /// <summary>The value on the scale; null when the set lacks the parameter.</summary>
    public double? Of(IReadOnlyDictionary<string, ParameterValue> set) => !set.TryGetValue(Name, out var value) ? null
        : Parameter.Values is Choices ? Domain.IndexOf(Parameter.Values, value) is >= 0 and var index ? index : null
        : value.AsNumber();
}
