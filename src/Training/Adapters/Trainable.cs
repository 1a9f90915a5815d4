using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Training.Models;
using static TorchSharp.torch;

namespace Nola.Training.Adapters;

/// <summary>What a method trains.</summary>
public static class Trainable
{
    /// <summary>
    /// Whether the method trains a weight of the model: everything for full fine-tuning; the output head for the others. BERT's pooler is part of
    /// the base and stays frozen, as in PEFT.
    /// </summary>
    public static bool Includes(MethodSpec method, ModelConfiguration configuration, Head head, string weight) =>
        method is FullMethod || configuration.IsOfHeadModule(weight, head);

    /// <summary>Marks what the method trains, weights and adapters, and returns it by name in a fixed order.</summary>
    public static SortedDictionary<string, Tensor> Select(MethodSpec method, LanguageModel model, Head head)
    {
        var chosen = new SortedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, tensor) in model.Weights.All)
        {
            var trains = Includes(method, model.Configuration, head, name);
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
    public static ParameterCounts Count(MethodSpec method, LanguageModel model, IReadOnlyDictionary<string, Tensor> trained)
    {
        var trainable = trained.Values.Sum(tensor => tensor.NumberOfElements);
        return new(trainable, method is FullMethod ? trainable : model.Adapters.Count, model.Weights.Count + model.Adapters.Count);
    }
}
