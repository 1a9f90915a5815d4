using Nola.Core.Experiments;

namespace Nola.Search.Pruners;

/// <summary>Makes pruners by the names that specs use.</summary>
public static class PrunerFactory
{
    /// <summary>Names that <see cref="Create"/> knows.</summary>
    public static ImmutableArray<string> Names { get; } = [];

    /// <summary>The pruner of a search that has heard nothing yet; null when the search names none. Throws <see cref="ArgumentException"/> for an unknown name.</summary>
    public static IPruner? Create(SearchSpec? search) => search?.Pruner switch
    {
        null => null,
        _ => throw new ArgumentException($"There is no pruner '{search.Pruner}'{(Names.IsEmpty ? "" : $"; known are {string.Join(", ", Names)}")}.", nameof(search)),
    };
}
