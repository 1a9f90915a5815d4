using Nola.Core.Trials;
using Nola.Training.Models;

namespace Nola.Training.Checkpoints;

/// <summary>All that a trial needs to go on exactly where it was.</summary>
/// <param name="State">Numbers.</param>
/// <param name="Tensors">Trained weights, optimizer state, best weights, by name. Owned by whoever loaded the checkpoint.</param>
public sealed record Checkpoint(CheckpointState State, Weights Tensors) : IDisposable
{
    public void Dispose() => Tensors.Dispose();
}

/// <summary>The numbers in a checkpoint.</summary>
public sealed record CheckpointState
{
    /// <summary>Tells trials apart; a checkpoint of another specification is not used.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Optimizer steps done; batches, dropout and learning rate follow from it.</summary>
    public long Step { get; init; }

    /// <summary>Step of the last measurement.</summary>
    public long MeasuredAt { get; init; }

    /// <summary>Spent up to here, over all attempts.</summary>
    public Usage Spent { get; init; } = Usage.None;

    /// <summary>Time of the last step, which foretells the next one's.</summary>
    public TimeSpan LastStepTime { get; init; }

    /// <summary>The best measurement so far.</summary>
    public Measurement? Best { get; init; }
}
