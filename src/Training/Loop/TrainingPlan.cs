using System.Globalization;
using Nola.Core.Trials;

namespace Nola.Training.Loop;

/// <summary>How many steps a trial will make, and which cap ends it where one is smaller than the training's epochs.</summary>
/// <param name="Steps">Planned steps; the learning rate's schedule ends there.</param>
/// <param name="EvaluateEvery">Steps between evaluations.</param>
/// <param name="Cap">The cap that shortened the plan, such as <c>perTrial.steps = 100</c>; null when the epochs decide.</param>
public sealed record TrainingPlan(long Steps, long EvaluateEvery, string? Cap)
{
    /// <summary>The plan of a trial. The smallest of the training's epochs and the budget's epochs, steps and samples holds.</summary>
    public static TrainingPlan For(TrialSpec trial, int samples, int stepsPerEpoch)
    {
        var settings = trial.Training;
        var budget = trial.Budget;
        var every = settings.EvaluateEvery > 0 ? settings.EvaluateEvery : stepsPerEpoch;
        var plan = new TrainingPlan(StepsOf(settings.Epochs), every, null);
        if (budget.Epochs is { } epochs)
            plan = Shortened(plan, StepsOf(epochs), string.Create(CultureInfo.InvariantCulture, $"perTrial.epochs = {epochs}"));
        if (budget.Steps is { } steps)
            plan = Shortened(plan, steps, string.Create(CultureInfo.InvariantCulture, $"perTrial.steps = {steps}"));
        if (budget.Samples is { } cap)
            plan = Shortened(plan, FullBatches(cap), string.Create(CultureInfo.InvariantCulture, $"perTrial.samples = {cap}"));
        return plan;

        long StepsOf(double passes) => Math.Max(1, (long)Math.Ceiling((passes * stepsPerEpoch) - 1e-9));

        // Whole steps that surely stay within the cap, however the short last batch of an epoch falls.
        long FullBatches(long cap) =>
            (cap / samples * stepsPerEpoch) + (cap % samples / Math.Min(samples, settings.BatchSize));
    }

    private static TrainingPlan Shortened(TrainingPlan plan, long steps, string cap) => steps < plan.Steps ? plan with { Steps = steps, Cap = cap } : plan;
}
