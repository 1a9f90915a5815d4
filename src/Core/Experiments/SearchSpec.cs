using Nola.Core.Searching;

namespace Nola.Core.Experiments;

/// <summary>The search that each study runs over hyperparameters.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.SearchSpec")]
public sealed record SearchSpec
{
    /// <summary>The sampler's name: <c>grid</c> or <c>random</c>. Default: random.</summary>
    public string Sampler { get; init; } = "random";

    /// <summary>Seed of the sampler. Default: 0.</summary>
    public int Seed { get; init; }

    /// <summary>The pruner's name; null for none.</summary>
    public string? Pruner { get; init; }

    /// <summary>Sets of hyperparameters per study, each run once per seed of the experiment; null lets a finite grid run to its end.</summary>
    public int? Trials { get; init; }

    /// <summary>The parameters and the values they may take.</summary>
    public required SearchSpace Space { get; init; }
}
