using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Training.Models;
using static TorchSharp.torch;

namespace Nola.Training.Adapters;

/// <summary>What a method trains.</summary>
public static class Trainable
{
    /// <summary>
    /// Whether the method trains a weight of the model: everything for full fine-tuning; the output head, and the biases where it says so, for the
    /// others. BERT's pooler is part of the base and stays frozen, as in PEFT.
    /// </summary>
    public static bool Includes(MethodSpec method, ModelConfiguration configuration, Head head, string weight) => method switch
    {
        FullMethod => true,
        _ when configuration.IsOfHeadModule(weight, head) => true,
        BitFitMethod or LoraMethod { Bias: LoraBias.All } => IsBias(weight),
        LoraMethod { Bias: LoraBias.LoraOnly } => IsBias(weight) && method.Targets(configuration)!.Match(weight[..^".bias".Length]),
        _ => false,
    };

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

        foreach (var (name, tensor) in model.Adapters.Parameters)
        {
            tensor.requires_grad = true;
            chosen[name] = tensor;
        }

        return chosen;
    }

    /// <summary>Sizes as PEFT and arXiv 2402.10597 count them: the method's own parameters are all that it trains but the output head.</summary>
    public static ParameterCounts Count(LanguageModel model, Head head, IReadOnlyDictionary<string, Tensor> trained) => new(
        trained.Values.Sum(tensor => tensor.NumberOfElements),
        trained.Where(item => !model.Configuration.IsOfHeadModule(item.Key, head)).Sum(item => item.Value.NumberOfElements),
        model.Weights.Count + model.Adapters.Count);

    private static bool IsBias(string weight) => weight.EndsWith(".bias", StringComparison.Ordinal);
}
