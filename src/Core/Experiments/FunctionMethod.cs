using Nola.Core.Functions;

namespace Nola.Core.Experiments;

/// <summary>A built-in synthetic objective, for benchmarks and tests of the engine.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.FunctionMethod")]
public sealed record FunctionMethod : MethodSpec
{
    /// <summary>Name of a <see cref="TestFunction"/>, such as <c>sphere</c>.</summary>
    public required string Function { get; init; }

    /// <summary>Simulated run time of one trial, which counts as training time. Default: none.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Reports of intermediate values per trial. Default: null, which is 10 with a duration or a curve, else none.</summary>
    public int? Steps { get; init; }

    /// <summary>How far above its end a trial's value begins (see <see cref="TrialCourse"/>). Default: 0, it is the same all the time.</summary>
    public double Curve { get; init; }

    /// <summary>Share of trials that fail, in [0, 1]. Default: 0.</summary>
    public double FailureRate { get; init; }
}
