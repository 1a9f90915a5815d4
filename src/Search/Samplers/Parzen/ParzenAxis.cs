using Nola.Core.Searching;
using Nola.Search.Spaces;

namespace Nola.Search.Samplers.Parzen;

/// <summary>One parameter as Parzen estimators see it: a list of choices, or a range on the scale of its density.</summary>
internal sealed class ParzenAxis
{
    private readonly bool isLog;
    private readonly double half;

    public ParzenAxis(SearchParameter parameter)
    {
        Parameter = parameter;
        if (parameter.Values is Choices choices)
        {
            Choices = choices.Values.Length;
            return;
        }

        var (low, high, step) = parameter.Values switch
        {
            FloatRange range => (range.Low, range.High, range.Step ?? 0),
            IntegerRange range => (range.Low, range.High, (double)range.Step),
            _ => throw new ArgumentOutOfRangeException(nameof(parameter), parameter.Values, "No density over these values."),
        };
        isLog = parameter.Values is FloatRange { Log: true } or IntegerRange { Log: true };
        half = step / 2;
        (Low, High) = (Scale(low - half), Scale(high + half));
    }

    public SearchParameter Parameter { get; }

    /// <summary>Number of choices; 0 for a range.</summary>
    public int Choices { get; }

    /// <summary>Smallest point of the scale; half a step below the smallest value where there is a step.</summary>
    public double Low { get; }

    /// <summary>Largest point of the scale.</summary>
    public double High { get; }

    /// <summary>Whether values have a distance, so that they have mass and not density.</summary>
    public bool IsDiscrete => half > 0;

    /// <summary>Place of a value: the position of a choice, or the point on the scale.</summary>
    public double PlaceOf(ParameterValue value) => Choices > 0 ? Domain.IndexOf(Parameter.Values, value) : Scale(value.AsNumber());

    /// <summary>The value at a place.</summary>
    public ParameterValue ValueAt(double place) => Choices > 0
        ? Domain.At(Parameter.Values, (long)place)
        : Domain.Nearest(Parameter.Values, isLog ? Math.Exp(place) : place);

    /// <summary>The part of the scale that rounds to a value.</summary>
    public (double From, double To) CellOf(double number) => (Scale(number - half), Scale(number + half));

    /// <summary>A point of the scale as a number.</summary>
    public double NumberAt(double place) => isLog ? Math.Exp(place) : place;

    private double Scale(double number) => isLog ? Math.Log(number) : number;
}
