using Nola.Core.Experiments;

namespace Nola.Search.Samplers;

/// <summary>Makes samplers by the names that specs use.</summary>
public static class SamplerFactory
{
    private static readonly ImmutableArray<(SearchKind Kind, Func<SearchSpec, ISampler> Create)> All =
    [
        (new("cma-es", "Evolution strategy with covariance adaptation, for ranges; lists and conditional parameters are drawn at random.", []), search => new CmaEsSampler(search.Space, search.Seed)),
        (new("gp", "Gaussian process with expected improvement, for small budgets of costly trials.",
            [new("startupTrials", "Quasi-random trials before it begins.", "8") { Low = 2 }]),
            search => new GaussianProcessSampler(search.Space, search.Seed, search.SamplerOptions.Integer("startupTrials", 8))),
        (new("grid", "Every combination once; needs lists and steps.", []), search => new GridSampler(search.Space)),
        (new("nsga", "NSGA-II, a genetic algorithm for several objectives.",
            [new("populationSize", "Results that are parents, and random trials before the first child.", "50") { Low = 2, High = 10_000 }]),
            search => new NsgaSampler(search.Space, search.Seed, search.SamplerOptions.Integer("populationSize", 50))),
        (new("qmc", "Scrambled Sobol points, which cover the space evenly at any number of trials.", []), search => new QmcSampler(search.Space, search.Seed)),
        (new("random", "Independent draws.", []), search => new RandomSampler(search.Space, search.Seed)),
        (new("tpe", "Tree-structured Parzen estimator, all parameters jointly; for any space and any number of trials.",
            [
                new("startupTrials", "Random trials before it begins.", "10") { Low = 1 },
                new("candidates", "Points drawn per suggestion, of which the best is taken.", "24") { Low = 1, High = 10_000 },
            ]),
            search => new TpeSampler(search.Space, search.Seed, new()
            {
                StartupTrials = search.SamplerOptions.Integer("startupTrials", 10),
                Candidates = search.SamplerOptions.Integer("candidates", 24),
            })),
    ];

    /// <summary>The samplers that <see cref="Create"/> knows, by name.</summary>
    public static ImmutableArray<SearchKind> Kinds { get; } = [.. All.Select(item => item.Kind)];

    /// <summary>Names that <see cref="Create"/> knows.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Kinds.Select(kind => kind.Name)];

    /// <summary>The sampler of a search, with no observations yet. Throws <see cref="ArgumentException"/> for an unknown name or option.</summary>
    /// <param name="search">The search; null for a study with fixed settings, which tries its empty set of parameters once.</param>
    public static ISampler Create(SearchSpec? search)
    {
        if (search is null)
            return new GridSampler(new([]));
        var (kind, create) = All.FirstOrDefault(item => item.Kind.Name == search.Sampler);
        if (kind is null)
            throw new ArgumentException($"There is no sampler '{search.Sampler}'; known are {string.Join(", ", Names)}.", nameof(search));
        kind.Check(search.SamplerOptions);
        var sampler = create(search);
        return search.Enqueue.IsDefaultOrEmpty ? sampler : new EnqueuedSampler(search.Space, search.Enqueue, sampler, search.Seed);
    }

    /// <summary>Sets of hyperparameters the search will try; null when it has no end of its own.</summary>
    public static long? Planned(SearchSpec? search) => (search?.Trials, Create(search).Size) switch
    {
        (null, var size) => size,
        ({ } trials, null) => trials,
        ({ } trials, { } size) => Math.Min(trials, size),
    };
}
