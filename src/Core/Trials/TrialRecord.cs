using Nola.Core.Searching;

namespace Nola.Core.Trials;

/// <summary>A finished trial as its study keeps it: all that reports and samplers need.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.TrialRecord")]
public sealed record TrialRecord
{
    public required TrialId Id { get; init; }
    public int Seed { get; init; }
    public ImmutableSortedDictionary<string, ParameterValue> Parameters { get; init; } = ImmutableSortedDictionary<string, ParameterValue>.Empty;
    public required RunResult Result { get; init; }

    /// <summary>Its measurements by step, at most 64: of a longer series those that keep it evenly spaced.</summary>
    public ImmutableArray<Measurement> Measurements { get; init; } = [];

    /// <summary>Attempts made; 1 unless something was lost.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>What all attempts used together, lost ones included.</summary>
    public Usage TotalUsage { get; init; } = Usage.None;

    /// <summary>Silo and device of the last attempt.</summary>
    public string Place { get; init; } = "";

    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset EndedAt { get; init; }
}
