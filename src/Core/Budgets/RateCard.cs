namespace Nola.Core.Budgets;

/// <summary>What device time costs.</summary>
/// <remarks>The figures of arXiv 2402.10597 are GBP 2.0396 per training hour and GBP 1.9851 per inference hour.</remarks>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.RateCard")]
public sealed record RateCard
{
    /// <summary>ISO 4217 code, such as GBP.</summary>
    public required string Currency { get; init; }

    /// <summary>Price of one hour of training on one device slot.</summary>
    public required decimal TrainingPerHour { get; init; }

    /// <summary>Price of one hour of evaluation on one device slot.</summary>
    public required decimal InferencePerHour { get; init; }

    /// <summary>Cost in <see cref="Currency"/> of the given hours: training rate × training hours + inference rate × inference hours.</summary>
    public decimal CostOf(TimeSpan training, TimeSpan inference) =>
        TrainingPerHour * (decimal)training.TotalHours + InferencePerHour * (decimal)inference.TotalHours;
}
