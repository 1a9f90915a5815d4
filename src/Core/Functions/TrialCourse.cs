using Nola.Core.Experiments;
using Nola.Core.Searching;

namespace Nola.Core.Functions;

/// <summary>What one trial of a function reports, and whether it fails: a simulated learning curve, the same whenever it is asked.</summary>
/// <remarks>
/// At step s of T the value is end + curve · (e^(−k·s/T) − e^(−k)) / (1 − e^(−k)). The trial's k is between 2 and 8, so slow learners are overtaken late
/// and the order of the trials at a step is not that at the end. Study, number and seed of a trial decide its k, whether it fails, and where.
/// </remarks>
public sealed class TrialCourse
{
    private const int UsualSteps = 10;
    private readonly ImmutableArray<double> ends;
    private readonly double height;
    private readonly double rate;

    /// <summary>The course of a trial whose last values are known.</summary>
    /// <param name="method">Steps, curve and failures.</param>
    /// <param name="ends">Values at the end, one per objective.</param>
    /// <param name="study">Index of the study in its experiment.</param>
    /// <param name="number">Number of the trial in its study.</param>
    /// <param name="seed">Seed of the trial.</param>
    public TrialCourse(FunctionMethod method, ImmutableArray<double> ends, int study, int number, int seed)
    {
        this.ends = ends;
        height = method.Curve;
        Steps = method.Steps ?? (method.Duration > TimeSpan.Zero || method.Curve > 0 ? UsualSteps : 0);
        var numbers = SeededNumbers.For(unchecked(seed * 8191 + study + 1), number);
        rate = 2 * Math.Pow(4, numbers.NextDouble());
        if (numbers.NextDouble() < method.FailureRate || method.Function == "failing")
            FailsAt = 1 + (int)numbers.NextIndex(Math.Max(1, Steps));
    }

    /// <summary>Number of reports; 0 when the trial tells its end alone.</summary>
    public int Steps { get; }

    /// <summary>The step that fails, 1 where there are none; null when the trial comes to its end.</summary>
    public int? FailsAt { get; }

    /// <summary>Whether its values are finite.</summary>
    public bool IsFinite => ends.All(double.IsFinite);

    /// <summary>The values after a step, one per objective.</summary>
    /// <param name="step">From 0 to <see cref="Steps"/>, after which the values are the last ones.</param>
    public ImmutableArray<double> At(int step)
    {
        if (step >= Steps || height == 0)
            return ends;
        var left = height * (Math.Exp(-rate * step / Steps) - Math.Exp(-rate)) / (1 - Math.Exp(-rate));
        return [.. ends.Select(end => end + left)];
    }
}
