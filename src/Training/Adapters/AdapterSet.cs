using Nola.Core.Experiments;
using Nola.Training.Models;
using static TorchSharp.torch;

namespace Nola.Training.Adapters;

/// <summary>All that a method adds to a model: adapters over linear layers, by the layer's name, or a prefix, or a prompt.</summary>
public sealed class AdapterSet : IDisposable
{
    private readonly SortedDictionary<string, Adapter> adapters = new(StringComparer.Ordinal);

    /// <summary>Names of the adapted layers and their adapters.</summary>
    public IEnumerable<KeyValuePair<string, Adapter>> All => adapters;

    /// <summary>Keys and values before those of the text; null for none.</summary>
    public Prefix? Prefix { get; private init; }

    /// <summary>Embeddings before those of the text; null for none.</summary>
    public Prompt? Prompt { get; private init; }

    /// <summary>Whether there is nothing.</summary>
    public bool IsEmpty => adapters.Count == 0 && Prefix is null && Prompt is null;

    /// <summary>The trained tensors under the names that PEFT's files have for them, without PEFT's prefix.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Parameters =>
        adapters.SelectMany(item => item.Value.Parameters.Select(part => KeyValuePair.Create($"{item.Key}.{part.Key}", part.Value)))
            .Concat(new[] { Prefix?.Embeddings, Prompt?.Embeddings }.OfType<Tensor>().Select(embeddings => KeyValuePair.Create("prompt_embeddings", embeddings)));

    /// <summary>Number of values in all adapters.</summary>
    public long Count => Parameters.Sum(item => item.Value.NumberOfElements);

    /// <summary>What the method adds to a model, with its first values; nothing for methods that train weights of the model alone.</summary>
    /// <param name="method">What to make.</param>
    /// <param name="configuration">The model's shape.</param>
    /// <param name="head">The model's head, which is not adapted.</param>
    /// <param name="device">Where they are to lie.</param>
    /// <param name="weights">The model's weights, from which DoRA and a prompt take their first values; null for other methods.</param>
    /// <exception cref="ArgumentException">No layer matches the method's targets.</exception>
    public static AdapterSet Create(MethodSpec method, ModelConfiguration configuration, Head head, Device device, Weights? weights = null)
    {
        if (method is PrefixMethod { Tokens: var keys })
            return new() { Prefix = new(keys, configuration.Layers, configuration.KeyWidth, configuration.InitializerRange, device) };
        if (method is PromptMethod { Tokens: var tokens })
            return new() { Prompt = new(configuration.WordTable.Name[..^".weight".Length], Needed(weights)[configuration.WordTable.Name], tokens) };
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

    /// <summary>Adapters by the names of their layers.</summary>
    internal static AdapterSet Of(IEnumerable<KeyValuePair<string, Adapter>> adapters)
    {
        var set = new AdapterSet();
        foreach (var (layer, adapter) in adapters)
            set.adapters[layer] = adapter;
        return set;
    }

    /// <summary>The adapter of a layer, or null.</summary>
    public Adapter? Find(string layer) => adapters.GetValueOrDefault(layer);

    /// <summary>Puts every adapter into the weights under it and removes it, so that the model computes the same as before.</summary>
    /// <param name="weights">The model's, in 32-bit floats.</param>
    /// <exception cref="InvalidOperationException">There is a prefix or a prompt, which no weight can take up.</exception>
    public void MergeInto(Weights weights)
    {
        if (Prefix is not null || Prompt is not null)
            throw new InvalidOperationException("A prefix or a prompt has no place in the weights.");
        using var quiet = no_grad();
        foreach (var (layer, adapter) in adapters)
        {
            var (weight, bias) = adapter.Merge(weights[layer + ".weight"], weights.Find(layer + ".bias"));
            weights[layer + ".weight"] = weight;
            if (bias is not null)
                weights[layer + ".bias"] = bias;
            adapter.Dispose();
        }

        adapters.Clear();
    }

    public void Dispose()
    {
        foreach (var adapter in adapters.Values)
            adapter.Dispose();
        adapters.Clear();
        Prefix?.Dispose();
        Prompt?.Dispose();
    }

    private static Weights Needed(Weights? weights) => weights ?? throw new ArgumentNullException(nameof(weights), "The method takes its first values from the model's weights.");

    private static Adapter Over(string name, WeightShape weight, MethodSpec method, ModelConfiguration configuration, Device device, Weights? weights)
    {
        var (output, input) = (weight.Dimensions[0], weight.Dimensions[1]);
        return method switch
        {
            LoraMethod { Dora: true } dora => new DoraAdapter(
                Needed(weights)[weight.Name], dora.RankOf(name), dora.ScaleOf(name), dora.Dropout),
            LoraMethod lora => new LoraAdapter(input, output, lora.RankOf(name), lora.ScaleOf(name), lora.Dropout, device),
            Ia3Method ia3 => new Ia3Adapter(input, output, ia3.FeedForwardIn(configuration).Any(end => name.EndsWith(end, StringComparison.Ordinal)), device),
            _ => throw new ArgumentException($"The method '{method.Id}' has no adapters over layers.", nameof(method)),
        };
    }
}
