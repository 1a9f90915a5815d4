using System.Globalization;
using System.Text.RegularExpressions;
using Nola.Core.Experiments;
using Nola.Training.Models;
using static TorchSharp.torch;

namespace Nola.Training.Adapters;

/// <summary>The adapters over a model's linear layers, by the layer's name.</summary>
public sealed partial class AdapterSet : IDisposable
{
    private readonly SortedDictionary<string, Adapter> adapters = new(StringComparer.Ordinal);

    /// <summary>Names of the adapted layers and their adapters.</summary>
    public IEnumerable<KeyValuePair<string, Adapter>> All => adapters;

    /// <summary>Number of values in all adapters.</summary>
    public long Count => adapters.Values.Sum(adapter => adapter.Parameters.Values.Sum(tensor => tensor.NumberOfElements));

    /// <summary>No adapters for <see cref="FullMethod"/>; new ones for LoRA and IA3 over the layers that the method names.</summary>
    /// <exception cref="ArgumentException">No layer matches the method's targets.</exception>
    public static AdapterSet Create(MethodSpec method, ModelConfiguration configuration, Head head, Device device)
    {
        var set = new AdapterSet();
        var layers = configuration.AdaptableLayers(head).ToArray();
        var defaults = configuration.DefaultTargets;
        switch (method)
        {
            case LoraMethod lora:
                var alpha = lora.AlphaRatio is { } ratio ? ratio * lora.Rank : lora.Alpha;
                foreach (var (name, output, input) in Targets(layers, lora.Targets.IsEmpty ? defaults.Lora : lora.Targets, lora.Layers))
                    set.adapters[name] = new LoraAdapter(input, output, lora.Rank, alpha, lora.Dropout, device);
                break;
            case Ia3Method ia3:
                var feedForward = ia3.Targets.IsEmpty ? defaults.FeedForward : ia3.FeedForward;
                foreach (var (name, output, input) in Targets(layers, ia3.Targets.IsEmpty ? defaults.Ia3 : ia3.Targets, ia3.Layers))
                    set.adapters[name] = new Ia3Adapter(input, output, feedForward.Any(end => name.EndsWith(end, StringComparison.Ordinal)), device);
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

    // PEFT's rule: an entry matches a layer's whole name or its end after a dot; layers are told by the first number in the name.
    private static IEnumerable<(string Name, long Output, long Input)> Targets(IEnumerable<WeightShape> layers, IEnumerable<string> targets, ICollection<int> indices) =>
        from weight in layers
        let name = weight.Name[..^".weight".Length]
        where targets.Any(target => name == target || name.EndsWith("." + target, StringComparison.Ordinal))
        where indices.Count == 0 || (LayerIndex().Match(name) is { Success: true } match && indices.Contains(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)))
        select (name, weight.Dimensions[0], weight.Dimensions[1]);

    [GeneratedRegex(@"\.(\d+)\.")]
    private static partial Regex LayerIndex();
}
