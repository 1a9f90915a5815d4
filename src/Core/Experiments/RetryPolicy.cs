namespace Nola.Core.Experiments;

/// <summary>How often a trial is tried again.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.RetryPolicy")]
public sealed record RetryPolicy
{
    /// <summary>Further attempts after a silo, worker or device was lost. Default: 3.</summary>
    public int LostAttempts { get; init; } = 3;

    /// <summary>Further attempts after the trial failed by itself. Default: 0.</summary>
    public int OwnFailures { get; init; }
}
