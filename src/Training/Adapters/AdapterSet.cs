using Nola.Core.Experiments;
using Nola.Training.Models;

namespace Nola.Training.Adapters;

/// <summary>The adapters over a model's linear layers, by the layer's name.</summary>
public sealed class AdapterSet : IDisposable
{
    private readonly SortedDictionary<string, Adapter> adapters = new(StringComparer.Ordinal);

    /// <summary>Names of the adapted layers and their adapters.</summary>
    public IEnumerable<KeyValuePair<string, Adapter>> All => adapters;

    /// <summary>Number of values in all adapters.</summary>
    public long Count => adapters.Values.Sum(adapter => adapter.Parameters.Values.Sum(tensor => tensor.NumberOfElements));

    /// <summary>No adapters for <see cref="FullMethod"/>; new ones for LoRA and IA3 over the encoder's layers that the method names.</summary>
    /// <exception cref="ArgumentException">No layer matches the method's targets.</exception>
    public static AdapterSet Create(MethodSpec method, Weights weights)
    {
        var set = new AdapterSet();
        var device = weights.All.First().Value.device;
        switch (method)
        {
            case LoraMethod lora:
                var alpha = lora.AlphaRatio is { } ratio ? ratio * lora.Rank : lora.Alpha;
                foreach (var (name, output, input) in Targets(weights, lora.Targets, lora.Layers))
                    set.adapters[name] = new LoraAdapter(input, output, lora.Rank, alpha, lora.Dropout, device);
                break;
            case Ia3Method ia3:
                foreach (var (name, output, input) in Targets(weights, ia3.Targets, ia3.Layers))
                    set.adapters[name] = new Ia3Adapter(input, output, ia3.FeedForward.Any(end => name.EndsWith(end, StringComparison.Ordinal)), device);
                break;
            case FullMethod:
                return set;
            default:
                throw new ArgumentException($"The method '{method.Id}' does not train.", nameof(method));
        }

        return set.adapters.Count > 0 ? set : throw new ArgumentException($"The method '{method.Id}' has targets that no layer of the model matches.", nameof(method));
    }

    /// <summary>The adapter of a layer, or null.</summary>
    public Adapter? Find(string layer) => adapters.GetValueOrDefault(layer);

    public void Dispose()
    {
        foreach (var adapter in adapters.Values)
            adapter.Dispose();
        adapters.Clear();
    }

    // PEFT's rule: an entry matches a layer's whole name or its end after a dot.
    private static IEnumerable<(string Name, long Output, long Input)> Targets(Weights weights, IEnumerable<string> targets, ICollection<int> layers) =>
        from item in weights.All
        where item.Key.EndsWith(".weight", StringComparison.Ordinal) && item.Value.dim() == 2 && item.Key.Contains(".encoder.layer.", StringComparison.Ordinal)
        let name = item.Key[..^".weight".Length]
        where targets.Any(target => name == target || name.EndsWith("." + target, StringComparison.Ordinal))
        where layers.Count == 0 || layers.Contains(int.Parse(name.Split('.')[3], System.Globalization.CultureInfo.InvariantCulture))
        select (name, item.Value.shape[0], item.Value.shape[1]);
}
