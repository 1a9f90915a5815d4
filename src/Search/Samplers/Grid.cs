using Nola.Core.Searching;

namespace Nola.Search.Samplers;

/// <summary>The finite lists of values behind grids.</summary>
internal static class Grid
{
    /// <summary>Number of points low, low + step, … up to high, forgiving a rounding error of a billionth of a step.</summary>
    public static long Count(double low, double high, double step) => (long)Math.Floor((high - low) / step + 1e-9) + 1;

    /// <summary>All values in order; null when there is no end of them.</summary>
    public static ImmutableArray<ParameterValue>? Values(Distribution values) => values switch
    {
        Choices choices => choices.Values,
        FloatRange { Step: { } step } range => [.. Enumerable.Range(0, (int)Count(range.Low, range.High, step)).Select(k => (ParameterValue)(range.Low + k * step))],
        IntegerRange range => [.. Integers(range)],
        _ => null,
    };

    private static IEnumerable<ParameterValue> Integers(IntegerRange range)
    {
        for (var value = range.Low; value <= range.High; value += range.Step)
            yield return value;
    }
}
