using Nola.Data;
using Nola.Training.Batches;
using Nola.Training.Models;
using static TorchSharp.torch;

namespace Nola.Training.Tasks;

/// <summary>What a model is trained for: its head, its batches, its loss and its metrics. One class per task.</summary>
public interface ITrainingTask
{
    /// <summary>What the model computes on top of its hidden states.</summary>
    Head Head { get; }

    /// <summary>Names of the classes in the order of their numbers; empty for tasks without classes.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>Training samples in one epoch.</summary>
    int Samples { get; }

    /// <summary>Steps in one epoch.</summary>
    int StepsPerEpoch { get; }

    /// <summary>The batch of a step, from 0, on the CPU; always the same for the same trial.</summary>
    Batch TrainingBatch(long step);

    /// <summary>What the mean loss of a batch is a mean over: its labels, but those of −100, which no task counts. The batch is on the CPU.</summary>
    double WeightOf(Batch batch) => batch.Labels.ne(-100).sum().item<long>();

    /// <summary>The mean loss over a batch, as a tensor that can go backward.</summary>
    Tensor Loss(LanguageModel model, Batch batch);

    /// <summary>Whether the dataset has samples for this split.</summary>
    bool Has(Split split) => Count(split) > 0;

    /// <summary>Samples of a split.</summary>
    int Count(Split split);

    /// <summary>Metrics on a split, without dropout and without gradients.</summary>
    /// <param name="model">The model.</param>
    /// <param name="split">The split.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="evaluated">Hears after every batch how many samples it had; what it throws ends the evaluation.</param>
    ImmutableSortedDictionary<string, double> Evaluate(LanguageModel model, Split split, Device device, Action<int> evaluated);
}
