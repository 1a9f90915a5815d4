namespace Nola.Training.Loop;

/// <summary>Learning rate that rises linearly to its peak and falls linearly to zero.</summary>
/// <param name="Peak">The highest rate.</param>
/// <param name="Warmup">Steps of the rise.</param>
/// <param name="Steps">All steps.</param>
public sealed record LearningRate(double Peak, long Warmup, long Steps)
{
    /// <summary>The rate of a step, from 0. The first step has a rate above zero, and so has the last.</summary>
    public double At(long step) => step < Warmup
        ? Peak * (step + 1) / Warmup
        : Peak * Math.Max(0, Steps - step) / Math.Max(1, Steps - Warmup);
}
