using Nola.Core.Searching;

namespace Nola.Search.Spaces;

/// <summary>The parameters of a space so that each stands behind the one its condition asks for.</summary>
internal sealed class ParameterTree
{
    /// <summary>Throws <see cref="ArgumentException"/> for a condition on a parameter that is not there or depends on its own child.</summary>
    public ParameterTree(SearchSpace space)
    {
        Space = space;
        var ordered = ImmutableArray.CreateBuilder<SearchParameter>();
        var left = space.Parameters.ToList();
        while (left.Count > 0)
        {
            var next = left.FindIndex(parameter => parameter.When is null || ordered.Any(known => known.Name == parameter.When.Parameter));
            if (next < 0)
                throw new ArgumentException($"The condition of '{left[0].Name}' asks for '{left[0].When!.Parameter}', which is no parameter above it.", nameof(space));
            ordered.Add(left[next]);
            left.RemoveAt(next);
        }

        Parameters = ordered.ToImmutable();
        Groups = [.. Parameters.GroupBy(parameter => Path(parameter)).Select(group => group.ToImmutableArray())];
    }

    public SearchSpace Space { get; }

    /// <summary>Parents first, otherwise as in the space.</summary>
    public ImmutableArray<SearchParameter> Parameters { get; }

    /// <summary>Parameters that exist under the same conditions and therefore always together; parents first.</summary>
    public ImmutableArray<ImmutableArray<SearchParameter>> Groups { get; }

    /// <summary>Whether a parameter exists beside the values that its parents were given.</summary>
    public static bool Exists(SearchParameter parameter, IReadOnlyDictionary<string, ParameterValue> chosen) =>
        parameter.When is not { } when || chosen.TryGetValue(when.Parameter, out var value) && when.Values.Contains(value);

    /// <summary>Whether the parameters are all those that exist, each with one of its values.</summary>
    public bool Contains(IReadOnlyDictionary<string, ParameterValue> point) => Parameters.All(parameter =>
        point.TryGetValue(parameter.Name, out var value) == Exists(parameter, point) && (!point.ContainsKey(parameter.Name) || Domain.Contains(parameter.Values, value)))
        && point.Keys.All(name => Parameters.Any(parameter => parameter.Name == name));

    private static string Path(SearchParameter parameter) =>
        parameter.When is { } when ? $"{when.Parameter}∈{string.Join('|', when.Values.Select(value => $"{value.Kind}:{value}").Order(StringComparer.Ordinal))}" : "";
}
