namespace Nola.Core.Trials;

/// <summary>Metrics that a running attempt reports at a step.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.Measurement")]
public sealed record Measurement
{
    /// <summary>Optimizer steps done when it was taken.</summary>
    public long Step { get; init; }

    /// <summary>Passes over the training split done, with fraction.</summary>
    public double Epoch { get; init; }

    /// <summary>Training time spent in this trial so far, over all its attempts.</summary>
    public TimeSpan TrainingTime { get; init; }

    /// <summary>Metric values by name, such as <c>macro-f1</c>. Finite numbers only.</summary>
    public ImmutableSortedDictionary<string, double> Metrics { get; init; } = ImmutableSortedDictionary<string, double>.Empty;
}

/// <summary>Where a running attempt is: sent every second or so, kept only until the next one.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.TrialProgress")]
public sealed record TrialProgress
{
    public long Step { get; init; }

    /// <summary>Steps planned in all; null when not known.</summary>
    public long? PlannedSteps { get; init; }

    /// <summary>Latest training loss; null before the first step.</summary>
    public double? Loss { get; init; }

    /// <summary>Training samples per second over the last seconds.</summary>
    public double SamplesPerSecond { get; init; }

    /// <summary>What the attempt is doing, in a word or two: <c>loading</c>, <c>training</c>, <c>evaluating</c>.</summary>
    public string Phase { get; init; } = "";

    /// <summary>Spent so far in this attempt.</summary>
    public Usage Spent { get; init; } = Usage.None;

    /// <summary>What the attempt must be allowed beyond <see cref="Spent"/> to go on: its next step, and the evaluation that follows when it has to stop.</summary>
    public Usage Ahead { get; init; } = Usage.None;
}
