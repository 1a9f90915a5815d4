namespace Nola.Core.Trials;

/// <summary>What work has used: time, samples, steps, tokens, calls and money. Sums are taken member by member.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.Usage")]
public sealed record Usage
{
    /// <summary>Nothing used.</summary>
    public static Usage None { get; } = new();

    /// <summary>Time spent in training steps; evaluation, loading and checkpoints are not in it.</summary>
    public TimeSpan TrainingTime { get; init; }

    /// <summary>Time spent in evaluation.</summary>
    public TimeSpan InferenceTime { get; init; }

    /// <summary>Time for which a device slot was held: from the lease to its release.</summary>
    public TimeSpan DeviceTime { get; init; }

    /// <summary>Training samples seen; a sample seen twice counts twice.</summary>
    public long Samples { get; init; }

    /// <summary>Optimizer steps.</summary>
    public long Steps { get; init; }

    /// <summary>Tokens: trained on, or prompt plus completion of LLM calls.</summary>
    public long Tokens { get; init; }

    /// <summary>Calls to LLM endpoints.</summary>
    public long Requests { get; init; }

    /// <summary>Money spent on LLM calls, in the spec's currency; device time is priced by the rate card, not here.</summary>
    public decimal Money { get; init; }

    public static Usage operator +(Usage a, Usage b) => new()
    {
        TrainingTime = a.TrainingTime + b.TrainingTime,
        InferenceTime = a.InferenceTime + b.InferenceTime,
        DeviceTime = a.DeviceTime + b.DeviceTime,
        Samples = a.Samples + b.Samples,
        Steps = a.Steps + b.Steps,
        Tokens = a.Tokens + b.Tokens,
        Requests = a.Requests + b.Requests,
        Money = a.Money + b.Money,
    };
}
