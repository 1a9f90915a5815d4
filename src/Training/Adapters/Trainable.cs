using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Training.Models;
using static TorchSharp.torch;

namespace Nola.Training.Adapters;

/// <summary>What a method trains.</summary>
public static class Trainable
{
    /// <summary>
    /// Marks what the method trains and returns it by name, in a fixed order: everything for full fine-tuning; the adapters and the
    /// classifier for the others. The pooler is part of the base and stays frozen, as in PEFT.
    /// </summary>
    public static SortedDictionary<string, Tensor> Select(MethodSpec method, BertModel model)
    {
        var chosen = new SortedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, tensor) in model.Weights.All)
        {
            var trains = method is FullMethod || name.StartsWith("classifier.", StringComparison.Ordinal);
            tensor.requires_grad = trains;
            if (trains)
                chosen[name] = tensor;
        }

        foreach (var (layer, adapter) in model.Adapters.All)
            foreach (var (part, tensor) in adapter.Parameters)
            {
                tensor.requires_grad = true;
                chosen[$"{layer}.{part}"] = tensor;
            }

        return chosen;
    }

    /// <summary>Sizes as PEFT and arXiv 2402.10597 count them.</summary>
    public static ParameterCounts Count(MethodSpec method, BertModel model, IReadOnlyDictionary<string, Tensor> trained)
    {
        var trainable = trained.Values.Sum(tensor => tensor.NumberOfElements);
        return new(trainable, method is FullMethod ? trainable : model.Adapters.Count, model.Weights.Count + model.Adapters.Count);
    }
}
