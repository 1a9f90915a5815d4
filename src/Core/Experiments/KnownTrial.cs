using Nola.Core.Searching;

namespace Nola.Core.Experiments;

/// <summary>A finished trial of another program, as samplers learn from it.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.KnownTrial")]
public sealed record KnownTrial
{
    /// <summary>A value for every parameter of the search that exists beside the others.</summary>
    public required ImmutableSortedDictionary<string, ParameterValue> Parameters { get; init; }

    /// <summary>The objective; of a pruned trial what it reported last. Null when a pruned one reported nothing.</summary>
    public double? Value { get; init; }

    /// <summary>Whether a pruner ended it; it was completed otherwise.</summary>
    public bool IsPruned { get; init; }

    /// <summary>Last step reported.</summary>
    public long LastStep { get; init; }
}
