using Nola.Training.Batches;
using Nola.Training.Models;
using Nola.Training.Tasks;
using static TorchSharp.torch;

namespace Nola.Training.Packing;

/// <summary>One trial's part of a pass: its batch, and the model that it trains.</summary>
/// <param name="Key">What trials of one pass have in common.</param>
/// <param name="Model">Base, adapters and head of the trial alone.</param>
/// <param name="Task">Gives the loss.</param>
/// <param name="Batch">What is learned from.</param>
/// <param name="Share">Factor of the loss.</param>
internal sealed record PackedTrial(PackKey? Key, LanguageModel Model, ITrainingTask Task, Batch Batch, double Share)
{
    /// <summary>Sequences.</summary>
    public long Rows => Batch.Ids.shape[0];

    /// <summary>Tokens of the longest.</summary>
    public long Length => Batch.Ids.shape[1];

    /// <summary>Tokens with padding.</summary>
    public long Tokens => Batch.Ids.NumberOfElements;

    /// <summary>The dropout of the trial's step.</summary>
    public Dropout? Dropout => Model.Dropout;

    /// <summary>What is added to the scores of the batch's attention.</summary>
    public Tensor Bias { get; } = LanguageModel.PaddingBias(Batch.Mask, ScalarType.Float32);
}

/// <summary>What trials must have in common to go through the base in one pass.</summary>
/// <param name="Folder">Of the base model.</param>
/// <param name="Dropout">Of the model, where it is not the one that its config.json says.</param>
/// <param name="Precision">Number format of the products.</param>
/// <param name="Head">What the model computes.</param>
internal sealed record PackKey(string Folder, double? Dropout, Core.Experiments.Precision Precision, Head Head);
