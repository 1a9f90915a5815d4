using Nola.Core.Experiments;

namespace Nola.Search.Samplers;

/// <summary>Makes samplers by the names that specs use.</summary>
public static class SamplerFactory
{
    /// <summary>Names that <see cref="Create"/> knows.</summary>
    public static ImmutableArray<string> Names { get; } = ["grid", "random"];

    /// <summary>The sampler of a search, with no observations yet. Throws <see cref="ArgumentException"/> for an unknown name.</summary>
    /// <param name="search">The search; null for a study with fixed settings, which tries its empty set of parameters once.</param>
    public static ISampler Create(SearchSpec? search) => search?.Sampler switch
    {
        null => new GridSampler(new([])),
        "grid" => new GridSampler(search.Space),
        "random" => new RandomSampler(search.Space, search.Seed),
        _ => throw new ArgumentException($"There is no sampler '{search.Sampler}'; known are {string.Join(", ", Names)}.", nameof(search)),
    };

    /// <summary>Sets of hyperparameters the search will try; null when it has no end of its own.</summary>
    public static long? Planned(SearchSpec? search) => (search?.Trials, Create(search).Size) switch
    {
        (null, var size) => size,
        ({ } trials, null) => trials,
        ({ } trials, { } size) => Math.Min(trials, size),
    };
}
