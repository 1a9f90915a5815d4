using Nola.Core.Experiments;
using Nola.Training.Models;
using static TorchSharp.torch;

namespace Nola.Training.Adapters;

/// <summary>The adapters over a model's linear layers, by the layer's name.</summary>
public sealed class AdapterSet : IDisposable
{
    private readonly SortedDictionary<string, Adapter> adapters = new(StringComparer.Ordinal);

    /// <summary>Names of the adapted layers and their adapters.</summary>
    public IEnumerable<KeyValuePair<string, Adapter>> All => adapters;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => adapters.Count == 0;

    /// <summary>The trained tensors under the names that PEFT's files have for them, without PEFT's prefix.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Parameters =>
        adapters.SelectMany(item => item.Value.Parameters.Select(part => KeyValuePair.Create($"{item.Key}.{part.Key}", part.Value)));

    /// <summary>Number of values in all adapters.</summary>
    public long Count => Parameters.Sum(item => item.Value.NumberOfElements);

    /// <summary>New adapters for LoRA and IA3 over the layers that the method names; none for methods that train weights of the model.</summary>
    /// <param name="method">What to make.</param>
    /// <param name="configuration">The model's shape.</param>
    /// <param name="head">The model's head, which is not adapted.</param>
    /// <param name="device">Where they are to lie.</param>
    /// <param name="weights">The model's weights, from which DoRA takes its first values; null where the method is not DoRA.</param>
    /// <exception cref="ArgumentException">No layer matches the method's targets.</exception>
    public static AdapterSet Create(MethodSpec method, ModelConfiguration configuration, Head head, Device device, Weights? weights = null)
    {
        var set = new AdapterSet();
        if (method.Targets(configuration) is not { } targets)
            return set;
        foreach (var weight in configuration.AdaptableLayers(head))
        {
            var name = weight.Name[..^".weight".Length];
            if (targets.Match(name))
                set.adapters[name] = Over(name, weight, method, configuration, device, weights);
        }

        return set.IsEmpty ? throw new ArgumentException($"The method '{method.Id}' has targets that no layer of the model matches.", nameof(method)) : set;
    }

    /// <summary>The adapter of a layer, or null.</summary>
    public Adapter? Find(string layer) => adapters.GetValueOrDefault(layer);

    /// <summary>Puts every adapter into the weights under it, which then compute the same alone.</summary>
    /// <param name="weights">The model's, in 32-bit floats.</param>
    public void MergeInto(Weights weights)
    {
        using var quiet = no_grad();
        foreach (var (layer, adapter) in adapters)
        {
            var (weight, bias) = adapter.Merge(weights[layer + ".weight"], weights.Find(layer + ".bias"));
            weights[layer + ".weight"] = weight;
            if (bias is not null)
                weights[layer + ".bias"] = bias;
        }
    }

    public void Dispose()
    {
        foreach (var adapter in adapters.Values)
            adapter.Dispose();
        adapters.Clear();
    }

    private static Adapter Over(string name, WeightShape weight, MethodSpec method, ModelConfiguration configuration, Device device, Weights? weights)
    {
        var (output, input) = (weight.Dimensions[0], weight.Dimensions[1]);
        return method switch
        {
            LoraMethod { Dora: true } dora => new DoraAdapter(
                (weights ?? throw new ArgumentNullException(nameof(weights)))[weight.Name], dora.RankOf(name), dora.ScaleOf(name), dora.Dropout),
            LoraMethod lora => new LoraAdapter(input, output, lora.RankOf(name), lora.ScaleOf(name), lora.Dropout, device),
            Ia3Method ia3 => new Ia3Adapter(input, output, ia3.FeedForwardIn(configuration).Any(end => name.EndsWith(end, StringComparison.Ordinal)), device),
            _ => throw new ArgumentException($"The method '{method.Id}' has no adapters over layers.", nameof(method)),
        };
    }
}
