namespace Nola.Core.Reports;

/// <summary>
/// Holistic efficiency of arXiv 2402.10597: how little time and how few weights a way of fine-tuning takes, among those it is compared with.
/// </summary>
/// <remarks>
/// E = minmax(−(T + P + S) / 3), where T, P and S are the min–max scaled time to peak performance, trained PEFT parameters and total parameters.
/// The most efficient row has 1, the least 0. A quantity that is the same in all rows is scaled to 0; rows that are all alike have 1.
/// </remarks>
public static class HolisticEfficiency
{
    /// <summary>The efficiency of each row, in order.</summary>
    public static ImmutableArray<double> Of(IReadOnlyList<EfficiencyInputs> rows)
    {
        var time = Scale([.. rows.Select(row => row.SecondsToPeak)]);
        var peft = Scale([.. rows.Select(row => (double)row.PeftParameters)]);
        var total = Scale([.. rows.Select(row => (double)row.TotalParameters)]);
        var burden = Scale([.. rows.Select((_, index) => (time[index] + peft[index] + total[index]) / 3)]);
        return [.. burden.Select(value => 1 - value)];
    }

    private static double[] Scale(double[] values)
    {
        var (low, high) = (values.DefaultIfEmpty().Min(), values.DefaultIfEmpty().Max());
        return [.. values.Select(value => high > low ? (value - low) / (high - low) : 0)];
    }
}

/// <summary>What efficiency is computed from.</summary>
/// <param name="SecondsToPeak">Training time until peak performance, in seconds; any unit will do, as it is scaled.</param>
/// <param name="PeftParameters">Weights of the adapter, or all trained weights for full fine-tuning.</param>
/// <param name="TotalParameters">All weights of the model.</param>
public sealed record EfficiencyInputs(double SecondsToPeak, long PeftParameters, long TotalParameters);
