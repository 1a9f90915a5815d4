using Nola.Core.Searching;

namespace Nola.Core.Experiments;

/// <summary>The search that each study runs over hyperparameters.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.SearchSpec")]
public sealed record SearchSpec
{
    /// <summary>The sampler's name, such as <c>tpe</c> or <c>grid</c>. Default: random.</summary>
    public string Sampler { get; init; } = "random";

    /// <summary>The sampler's options that are not at their defaults, by name. Default: none.</summary>
    public ImmutableSortedDictionary<string, ParameterValue> SamplerOptions { get; init; } = ImmutableSortedDictionary<string, ParameterValue>.Empty;

    /// <summary>Seed of the sampler. Default: 0.</summary>
    public int Seed { get; init; }

    /// <summary>The pruner's name; null for none.</summary>
    public string? Pruner { get; init; }

    /// <summary>The pruner's options that are not at their defaults, by name. Default: none.</summary>
    public ImmutableSortedDictionary<string, ParameterValue> PrunerOptions { get; init; } = ImmutableSortedDictionary<string, ParameterValue>.Empty;

    /// <summary>Sets of hyperparameters per study, each run once per seed of the experiment; null lets a finite grid run to its end.</summary>
    public int? Trials { get; init; }

    /// <summary>When a study stops before that; null for never.</summary>
    public StopRule? Stop { get; init; }

    /// <summary>Sets of hyperparameters that come first; the sampler chooses what one does not name. Default: none.</summary>
    public ImmutableArray<ImmutableSortedDictionary<string, ParameterValue>> Enqueue { get; init; } = [];

    /// <summary>Ids of earlier experiments whose trials, in the study of the same name, the sampler learns from before it begins. Default: none.</summary>
    public ImmutableArray<string> WarmStart { get; init; } = [];

    /// <summary>Whether the sampler learns from the experiment's <see cref="ExperimentSpec.KnownTrials"/>, too. Default: no.</summary>
    public bool LearnsFromKnownTrials { get; init; }

    /// <summary>Objectives beside the experiment's own, metrics or <see cref="Trials.Merits.CostNames"/>; the sampler then looks for the Pareto front. Default: none.</summary>
    public ImmutableArray<Objective> Besides { get; init; } = [];

    /// <summary>The parameters and the values they may take.</summary>
    public required SearchSpace Space { get; init; }
}
