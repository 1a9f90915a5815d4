using System.Globalization;
using Nola.Core.Trials;
using Nola.Training.Checkpoints;

namespace Nola.Training.Loop;

/// <summary>The accounts of one attempt: what it has spent, and what it may spend yet.</summary>
/// <param name="timeCap">Cap on training time, over all attempts; null for none.</param>
/// <param name="allowance">What the attempt may spend, until another is given.</param>
/// <param name="evaluatedAtEnd">Samples that are evaluated when training has ended.</param>
internal sealed class Spending(TimeSpan? timeCap, Allowance allowance, int evaluatedAtEnd)
{
    private Usage earlier = Usage.None; // of the attempts before, up to the checkpoint
    private long evaluated; // samples, in this attempt

    /// <summary>Spent by this attempt.</summary>
    public Usage Spent { get; private set; } = Usage.None;

    /// <summary>Spent by all attempts.</summary>
    public Usage Total => earlier + Spent;

    /// <summary>Training time of all attempts.</summary>
    public TimeSpan TrainingTime => earlier.TrainingTime + Spent.TrainingTime;

    /// <summary>How long the last step took; it foretells the next one.</summary>
    public TimeSpan LastStepTime { get; private set; }

    /// <summary>What the attempt may spend.</summary>
    public Allowance Allowance { get; set; } = allowance;

    /// <summary>The next step, and the evaluations if it is the last one. An evaluated sample takes as long as the ones before it; before the first,
    /// as long as a sample of training.</summary>
    public Usage Ahead
    {
        get
        {
            var sample = evaluated > 0 ? Spent.InferenceTime / evaluated : Spent.Samples > 0 ? Spent.TrainingTime / Spent.Samples : TimeSpan.Zero;
            return new() { TrainingTime = LastStepTime, InferenceTime = 1.25 * sample * evaluatedAtEnd };
        }
    }

    /// <summary>The cap on time, such as <c>perTrial.time = 60s</c>, if another step would pass it.</summary>
    public string? TimeCapReached =>
        timeCap is { } cap && TrainingTime + LastStepTime > cap ? string.Create(CultureInfo.InvariantCulture, $"perTrial.time = {cap.TotalSeconds:0.###}s") : null;

    /// <summary>Whether the allowance has room for another step and the evaluations after it.</summary>
    public bool MayStep => Allowance.Covers(Spent + Ahead);

    /// <summary>Whether evaluation may go on. Time and tokens are caps on training; money is one on evaluation too.</summary>
    public bool MayEvaluate => (Allowance with { TrainingTime = null, Tokens = null }).Covers(Spent);

    /// <summary>Goes on from a checkpoint.</summary>
    public void GoOnFrom(CheckpointState state)
    {
        earlier = state.Spent;
        LastStepTime = state.LastStepTime;
    }

    /// <summary>A step of training was made.</summary>
    public void Step(TimeSpan took, int samples, long tokens)
    {
        LastStepTime = took;
        Spent += new Usage { TrainingTime = took, Samples = samples, Steps = 1, Tokens = tokens };
    }

    /// <summary>Samples were evaluated.</summary>
    public void Evaluate(TimeSpan took, int samples)
    {
        evaluated += samples;
        Spent += new Usage { InferenceTime = took };
    }
}
