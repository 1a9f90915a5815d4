using Nola.Core.Searching;
using Nola.Search.Spaces;

namespace Nola.Search.Samplers;

/// <summary>The ranges of a space without conditions as the cube [0, 1]^n; lists of values stay outside.</summary>
internal sealed class UnitCube(ParameterTree tree)
{
    private readonly SearchParameter[] ranges = [.. tree.Parameters.Where(parameter => parameter is { When: null, Values: not Choices })];

    public int Dimensions => ranges.Length;

    /// <summary>The coordinates of a point; null when it is no point of the space.</summary>
    public double[]? Coordinates(IReadOnlyDictionary<string, ParameterValue> point)
    {
        var coordinates = new double[ranges.Length];
        for (var axis = 0; axis < ranges.Length; axis++)
        {
            if (!point.TryGetValue(ranges[axis].Name, out var value) || !Domain.Contains(ranges[axis].Values, value))
                return null;
            coordinates[axis] = Domain.ToUnit(ranges[axis].Values, value);
        }

        return coordinates;
    }

    /// <summary>The point with these coordinates; all else is drawn at random.</summary>
    public ImmutableSortedDictionary<string, ParameterValue> Point(ReadOnlySpan<double> coordinates, ref SeededNumbers numbers)
    {
        var point = ImmutableSortedDictionary.CreateBuilder<string, ParameterValue>();
        foreach (var parameter in tree.Parameters)
        {
            var axis = Array.IndexOf(ranges, parameter);
            if (axis >= 0)
                point[parameter.Name] = Domain.FromUnit(parameter.Values, Math.Clamp(coordinates[axis], 0, 1));
            else if (ParameterTree.Exists(parameter, point))
                point[parameter.Name] = RandomSampler.Draw(parameter.Values, ref numbers);
        }

        return point.ToImmutable();
    }
}
