using Nola.Core.Functions;
using Nola.Core.Trials;

namespace Nola.Core.Experiments;

/// <summary>The metric that decides which trial is best, and in which direction.</summary>
/// <param name="Metric">A metric's name as it stands in measurements, such as <c>macro-f1</c>.</param>
/// <param name="Direction">Whether larger or smaller is better.</param>
[GenerateSerializer]
[Alias("nola.Objective")]
public sealed record Objective([property: Id(0)] string Metric, [property: Id(1)] Direction Direction)
{
    /// <summary>Whether <paramref name="value"/> is strictly better than <paramref name="than"/>.</summary>
    public bool IsBetter(double value, double than) => Direction == Direction.Maximize ? value > than : value < than;

    /// <summary>The value so that smaller is better, as samplers and pruners see it.</summary>
    public double Signed(double value) => Direction == Direction.Maximize ? -value : value;

    /// <summary>Which values of a metric are better where nobody says it: less of a loss, of a perplexity, of what a function gives, and of what a trial takes; more of all else.</summary>
    public static Direction UsualDirectionOf(string metric) =>
        metric == "loss" || metric.StartsWith("perplexity", StringComparison.Ordinal) || TestFunction.Metrics.Contains(metric) || Merits.CostNames.Contains(metric) ? Direction.Minimize : Direction.Maximize;
}

/// <summary>Which values of the objective are better.</summary>
public enum Direction
{
    /// <summary>Larger is better.</summary>
    Maximize,

    /// <summary>Smaller is better.</summary>
    Minimize,
}
