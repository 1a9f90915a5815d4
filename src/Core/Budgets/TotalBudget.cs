namespace Nola.Core.Budgets;

/// <summary>Caps on an experiment as a whole. Null means no cap. Granted plus spent never exceeds a cap.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.TotalBudget")]
public sealed record TotalBudget
{
    /// <summary>No caps.</summary>
    public static TotalBudget None { get; } = new();

    /// <summary>Training time summed over all attempts of all trials.</summary>
    public TimeSpan? DeviceTime { get; init; }

    /// <summary>Trials started.</summary>
    public long? Trials { get; init; }

    /// <summary>Money in the rate card's currency: device time by the rate card, plus what LLM calls cost.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Time from the start of the experiment, pauses not counted.</summary>
    public TimeSpan? WallClock { get; init; }

    /// <summary>LLM tokens, prompt plus completion.</summary>
    public long? Tokens { get; init; }

    /// <summary>Calls to LLM endpoints.</summary>
    public long? Requests { get; init; }

    /// <summary>Whether a cap is set that must be granted in slices while trials run.</summary>
    public bool NeedsGrants => DeviceTime is not null || Cost is not null || Tokens is not null || Requests is not null;
}
