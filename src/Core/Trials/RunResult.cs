namespace Nola.Core.Trials;

/// <summary>What a runner returns when an attempt ended by itself.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.RunResult")]
public sealed record RunResult
{
    public required Outcome Outcome { get; init; }

    /// <summary>Value of the objective at the best measurement; null when nothing was measured.</summary>
    public double? Objective { get; init; }

    /// <summary>Metrics on the test split with the best checkpoint (or of the last evaluation where there is no test split).</summary>
    public ImmutableSortedDictionary<string, double> Metrics { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>The validation measurement that was best by the objective; null when none was taken.</summary>
    public Measurement? Best { get; init; }

    /// <summary>Used by this attempt, including what it took over from an earlier attempt's checkpoint only where stated by the runner.</summary>
    public Usage Usage { get; init; } = Usage.None;

    /// <summary>Sizes of the model trained; null for trials without one.</summary>
    public ParameterCounts? Parameters { get; init; }

    /// <summary>Largest resident or device memory in bytes; 0 when not known.</summary>
    public long PeakMemory { get; init; }

    /// <summary>Folder with the trial's artifacts (adapter, predictions, best checkpoint); null when there are none.</summary>
    public string? Artifacts { get; init; }

    /// <summary>Step from which this attempt went on; 0 when it began at the beginning.</summary>
    public long ResumedFromStep { get; init; }

    /// <summary>What it ran on; null for trials that train nothing.</summary>
    public RunEnvironment? Environment { get; init; }
}

/// <summary>Numbers of weights.</summary>
/// <param name="Trainable">Weights that are trained, head included.</param>
/// <param name="Peft">Weights that the method trains, without the head, as arXiv 2402.10597 counts them.</param>
/// <param name="Total">All weights, adapter included.</param>
[GenerateSerializer]
[Alias("nola.ParameterCounts")]
public sealed record ParameterCounts([property: Id(0)] long Trainable, [property: Id(1)] long Peft, [property: Id(2)] long Total);
