using Nola.Client.Specs.Forms;

namespace Nola.Client.Studies.Figures;

/// <summary>Maps the values of an axis to the share of its length, 0 at its beginning and 1 at its end.</summary>
internal abstract record Scale
{
    private const int MostTicks = 6;

    /// <summary>The share of the axis at which a value lies.</summary>
    public abstract double At(double value);

    /// <summary>Values with a label, in order.</summary>
    public abstract IEnumerable<(double Value, string Label)> Ticks { get; }

    /// <summary>A scale on which all these values lie, with some room; logarithmic where they are positive and span two decades.</summary>
    public static Scale Around(IEnumerable<double> values)
    {
        var all = values.Where(double.IsFinite).ToArray();
        if (all.Length == 0)
            return new LinearScale(0, 1);
        var (low, high) = (all.Min(), all.Max());
        if (low > 0 && high / low >= 100)
            return new LogScale(low / Math.Pow(high / low, 0.04), high * Math.Pow(high / low, 0.04));
        var room = high > low ? 0.06 * (high - low) : Math.Max(Math.Abs(high) * 0.1, 1e-9);
        return new LinearScale(low - room, high + room);
    }

    /// <summary>A scale from 0 on; logarithmic never.</summary>
    public static Scale FromZero(double high) => new LinearScale(0, high > 0 ? high : 1);

    protected static IEnumerable<(double Value, string Label)> Even(double low, double high)
    {
        var raw = (high - low) / MostTicks;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = new[] { 1, 2, 5, 10 }.Select(factor => factor * power).First(width => width >= raw * 0.999);
        for (var index = Math.Ceiling(low / step - 1e-9); index * step <= high + 1e-9 * step; index++)
            yield return (index * step, Values.Text(Math.Round(index * step, 12) + 0.0)); // no -0
    }
}

/// <summary>Evenly from low to high.</summary>
internal sealed record LinearScale(double Low, double High) : Scale
{
    public override double At(double value) => (value - Low) / (High - Low);

    public override IEnumerable<(double Value, string Label)> Ticks => Even(Low, High);
}

/// <summary>Evenly by logarithm; both ends are above 0.</summary>
internal sealed record LogScale(double Low, double High) : Scale
{
    public override double At(double value) => Math.Log(Math.Max(value, double.Epsilon) / Low) / Math.Log(High / Low);

    public override IEnumerable<(double Value, string Label)> Ticks
    {
        get
        {
            var decades = Math.Log10(High / Low);
            int[] factors = decades < 1 ? [1, 2, 3, 4, 5, 6, 7, 8] : decades < 2.5 ? [1, 2, 5] : [1];
            var every = (int)Math.Ceiling(decades / 6);
            for (var power = (int)Math.Floor(Math.Log10(Low)); power <= Math.Ceiling(Math.Log10(High)); power++)
            {
                foreach (var factor in factors)
                {
                    var value = factor * Math.Pow(10, power);
                    if (value >= Low * 0.9999 && value <= High * 1.0001 && power % every == 0)
                        yield return (value, Values.Text(double.Parse(value.ToString("G3", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture)));
                }
            }
        }
    }
}

/// <summary>Places for a list of names; the value is the position in it.</summary>
internal sealed record NameScale(ImmutableArray<string> Names) : Scale
{
    public override double At(double value) => (value + 0.5) / Names.Length;

    public override IEnumerable<(double Value, string Label)> Ticks => Names.Select((name, index) => ((double)index, name));
}
