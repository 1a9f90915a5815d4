using System.Text.Json.Serialization;

namespace Nola.Benchmarks.Measuring;

/// <summary>One thing that a benchmark measured, several times over.</summary>
/// <param name="Benchmark">The benchmark's name, which is also its command.</param>
/// <param name="What">What was measured.</param>
/// <param name="Unit">Unit of the runs.</param>
/// <param name="Runs">One value per run.</param>
/// <param name="Target">Bound on the median; null for a figure without a target.</param>
/// <param name="IsAtLeast">Whether the target is a lower bound.</param>
public sealed record Figure(string Benchmark, string What, string Unit, ImmutableArray<double> Runs, double? Target = null, bool IsAtLeast = false)
{
    [JsonIgnore]
    public double Median => Runs.Order().ToArray() is var sorted && sorted.Length % 2 == 1
        ? sorted[sorted.Length / 2]
        : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;

    /// <summary>Whether the median keeps the target; null without one.</summary>
    public bool? IsMet => Target is not { } bound ? null : IsAtLeast ? Median >= bound : Median <= bound;

    [JsonIgnore]
    public string Value => string.Create(CultureInfo.InvariantCulture, $"{Show(Median)} [{Show(Runs.Min())}–{Show(Runs.Max())}] {Unit}").TrimEnd();

    [JsonIgnore]
    public string Bound => Target is { } bound ? $"{(IsAtLeast ? "≥" : "≤")} {Show(bound)} {Unit}".TrimEnd() : "";

    [JsonIgnore]
    public string Verdict => IsMet switch { null => "", true => "met", false => "MISSED" };

    // Three digits that count.
    private static string Show(double value) => Math.Abs(value) switch
    {
        >= 1000 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        > 0 and < 0.01 => value.ToString("0.00e0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };
}
