using Nola.Core.Experiments;
using Nola.Core.Trials;

namespace Nola.Grains.Scheduling;

/// <summary>A trial on its way to a slot: what to do and what it needs.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Immutable]
[Alias("nola.TrialWork")]
public sealed record TrialWork
{
    public required TrialSpec Spec { get; init; }
    public ResourceNeeds Needs { get; init; } = new();
    public RetryPolicy Retries { get; init; } = new();
    public int Priority { get; init; } = 10;

    /// <summary>Whether slices of the experiment's budget must be granted while it runs.</summary>
    public bool NeedsGrants { get; init; }

    /// <summary>Whether its study's pruner hears its measurements.</summary>
    public bool HasPruner { get; init; }

    /// <summary>When its study planned it.</summary>
    public DateTimeOffset PlannedAt { get; init; }
}
