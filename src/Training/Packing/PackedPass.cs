using static TorchSharp.torch;

namespace Nola.Training.Packing;

/// <summary>One forward and backward pass for several trials.</summary>
internal static class PackedPass
{
    /// <summary>
    /// Adds to the gradients of each trial those of its batch's loss, and returns the losses. The gradient of the sum of the losses is each trial's own: no
    /// trained weight belongs to two trials.
    /// </summary>
    /// <remarks>A pass of several trials that throws has changed nothing.</remarks>
    /// <returns>Each trial's loss, a number on the device that belongs to no dispose scope; or the fault of its task.</returns>
    public static (Tensor? Loss, Exception? Fault)[] Run(IReadOnlyList<PackedTrial> trials)
    {
        using var scope = NewDisposeScope();
        var scores = trials.Count == 1 ? null : new TrialPack(trials).Scores();
        var losses = new Tensor?[trials.Count];
        var results = new (Tensor?, Exception?)[trials.Count];
        for (var index = 0; index < trials.Count; index++)
        {
            var trial = trials[index];
            try
            {
                var loss = trial.Task.Loss(scores is null ? trial.Model : new ReadyScores(trial.Model, scores[index]), trial.Batch);
                losses[index] = trial.Share == 1 ? loss : loss * trial.Share;
            }
            catch (Exception fault) when (trials.Count > 1)
            {
                results[index] = (null, fault);
            }
        }

        var before = trials.Count == 1 ? [] : GradientsOf(trials);
        try
        {
            losses.OfType<Tensor>().Aggregate((Tensor?)null, (sum, loss) => sum is null ? loss : sum + loss)?.backward();
        }
        catch (Exception) when (trials.Count > 1)
        {
            // Some have theirs already, and will be computed again.
            foreach (var (weight, gradient) in before)
                weight.grad = gradient;
            throw;
        }

        for (var index = 0; index < trials.Count; index++)
            if (losses[index] is { } loss)
                results[index] = (loss.detach().DetachFromDisposeScope(), null);
        return results;
    }

    private static (Tensor Weight, Tensor? Gradient)[] GradientsOf(IReadOnlyList<PackedTrial> trials) =>
        [.. trials.SelectMany(trial => trial.Model.Adapters.Parameters.Concat(trial.Model.Weights.All))
            .Select(item => item.Value)
            .Where(weight => weight.requires_grad)
            .Select(weight => (weight, weight.grad?.clone()))];
}
