using Nola.Core.Searching;

namespace Nola.Search.Spaces;

/// <summary>Questions about the values of one parameter.</summary>
public static class Domain
{
    /// <summary>Number of values; null when there is no end of them.</summary>
    public static long? Count(Distribution values) => values switch
    {
        Choices choices => choices.Values.Length,
        FloatRange { Step: { } step } range => Samplers.Grid.Count(range.Low, range.High, step),
        IntegerRange range => (range.High - range.Low) / range.Step + 1,
        _ => null,
    };

    /// <summary>The value at a position of a finite distribution.</summary>
    public static ParameterValue At(Distribution values, long index) => values switch
    {
        Choices choices => choices.Values[(int)index],
        FloatRange { Step: { } step } range => range.Low + step * index,
        IntegerRange range => range.Low + range.Step * index,
        _ => throw Unknown(values),
    };

    /// <summary>Position of a value in a finite distribution; −1 when it is none of its values.</summary>
    public static long IndexOf(Distribution values, ParameterValue value)
    {
        if (values is Choices choices)
            return choices.Values.IndexOf(value);
        if (!value.IsNumeric)
            return -1;
        var (low, step) = values switch
        {
            FloatRange { Step: { } width } range => (range.Low, width),
            IntegerRange range => (range.Low, range.Step),
            _ => throw Unknown(values),
        };
        var position = (value.AsNumber() - low) / step;
        var index = Math.Round(position);
        return Math.Abs(position - index) < 1e-6 && index >= 0 && index < Count(values) ? (long)index : -1;
    }

    /// <summary>Whether it is one of the values.</summary>
    public static bool Contains(Distribution values, ParameterValue value) => values switch
    {
        FloatRange { Step: null } range => value.IsNumeric && value.AsNumber() >= range.Low && value.AsNumber() <= range.High,
        IntegerRange when value.IsNumeric && value.AsNumber() != Math.Truncate(value.AsNumber()) => false,
        _ => IndexOf(values, value) >= 0,
    };

    /// <summary>The value of the distribution that equals the given one, which may be written as an integer where it is a number.</summary>
    public static ParameterValue Same(Distribution values, ParameterValue value) => values is FloatRange { Step: null } ? value.AsNumber() : At(values, IndexOf(values, value));

    /// <summary>The value nearest to a number, on the grid if there is one and never outside; half a step goes to the even neighbour.</summary>
    public static ParameterValue Nearest(Distribution values, double number) => values switch
    {
        FloatRange { Step: null } range => Math.Clamp(number, range.Low, range.High),
        FloatRange { Step: { } step } range => At(range, (long)Math.Clamp(Math.Round((number - range.Low) / step), 0, Count(range)!.Value - 1)),
        IntegerRange range => At(range, (long)Math.Clamp(Math.Round((number - range.Low) / range.Step), 0, Count(range)!.Value - 1)),
        _ => throw Unknown(values),
    };

    /// <summary>The value below which the share <paramref name="unit"/> of the distribution lies: maps [0, 1) evenly onto the values.</summary>
    public static ParameterValue FromUnit(Distribution values, double unit) => values switch
    {
        FloatRange { Step: null, Log: false } range => Nearest(range, range.Low + unit * (range.High - range.Low)),
        FloatRange { Step: null, Log: true } range => Nearest(range, Math.Exp(Math.Log(range.Low) + unit * Math.Log(range.High / range.Low))),
        // Every integer has the share of its unit interval.
        IntegerRange { Log: true } range => Nearest(range, Math.Exp(Math.Log(range.Low - 0.5) + unit * Math.Log((range.High + 0.5) / (range.Low - 0.5)))),
        _ => At(values, Math.Min((long)(unit * Count(values)!.Value), Count(values)!.Value - 1)),
    };

    /// <summary>The middle of the share of [0, 1] that <see cref="FromUnit"/> maps to a value.</summary>
    public static double ToUnit(Distribution values, ParameterValue value) => values switch
    {
        FloatRange { Step: null, Log: false } range => (value.AsNumber() - range.Low) / (range.High - range.Low),
        FloatRange { Step: null, Log: true } range => Math.Log(value.AsNumber() / range.Low) / Math.Log(range.High / range.Low),
        IntegerRange { Log: true } range => Math.Log(value.AsNumber() / (range.Low - 0.5)) / Math.Log((range.High + 0.5) / (range.Low - 0.5)),
        _ => (Math.Max(0, IndexOf(values, value)) + 0.5) / Count(values)!.Value,
    };

    private static ArgumentOutOfRangeException Unknown(Distribution values) => new(nameof(values), values, "These values have no positions.");
}
