using Nola.Training.Models;
using static TorchSharp.torch;

namespace Nola.Training.Tasks;

/// <summary>A task whose metrics also tell what the model could do before its first step.</summary>
public interface IMeasuresBefore
{
    /// <summary>Measures the model as it is, without dropout and without gradients; called at the start of every attempt, before a checkpoint is taken up.</summary>
    /// <param name="model">The model with adapters that do nothing yet.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="evaluated">Hears after every batch how many samples it had; what it throws ends the evaluation.</param>
    void MeasureBefore(LanguageModel model, Device device, Action<int> evaluated);
}
