using Nola.Training.Adapters;
using Nola.Training.Models;
using static TorchSharp.torch;

namespace Nola.Training.Packing;

/// <summary>The trials' adapters over one frozen layer: the layer multiplies all rows at once, each adapter works on its trial's.</summary>
internal sealed class PackedAdapter(TrialPack pack, string layer) : PackedLayer
{
    private readonly Adapter?[] adapters = [.. pack.Trials.Select(trial => trial.Model.Adapters.Find(layer))];

    // The layer's input and output are taken apart and put together once each way, however many trials there are.
    public override Tensor Forward(Tensor x, LinearLayer layer, Dropout? dropout)
    {
        var parts = pack.Split(x);
        var inputs = parts.Select((part, index) => adapters[index]?.Input(part) ?? part).ToArray();
        var product = layer.Forward(inputs.Zip(parts).All(pair => ReferenceEquals(pair.First, pair.Second)) ? x : cat(inputs, 0));
        return cat([.. pack.Split(product).Select((y, index) => adapters[index]?.Output(y, parts[index], pack.Trials[index].Dropout) ?? y)], 0);
    }
}

/// <summary>A layer of the head, of which every trial has its own.</summary>
internal sealed class OwnLayer(TrialPack pack, string name) : PackedLayer
{
    public override Tensor Forward(Tensor x, LinearLayer layer, Dropout? dropout) =>
        cat([.. pack.Split(x).Select((part, index) => pack.Trials[index].Model.Linear(name, part))], 0);
}

/// <summary>What stands over one layer in a pass of several trials. It owns no tensors.</summary>
internal abstract class PackedLayer : Adapter
{
    public override IReadOnlyDictionary<string, Tensor> Parameters => ImmutableDictionary<string, Tensor>.Empty;

    public override (Tensor Weight, Tensor? Bias) Merge(Tensor weight, Tensor? bias) => throw new NotSupportedException("Adapters of several trials have no common weight.");
}
