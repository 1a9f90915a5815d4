using Nola.Training.Safetensors;
using static TorchSharp.torch;

namespace Nola.Training.Models;

/// <summary>A model's tensors by their Hugging Face names. Owns them: disposing it frees them all.</summary>
public sealed class Weights : IDisposable
{
    private readonly SortedDictionary<string, Tensor> tensors = new(StringComparer.Ordinal);

    /// <summary>Names in ordinal order.</summary>
    public IEnumerable<string> Names => tensors.Keys;

    /// <summary>Names and tensors in ordinal order of the names.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> All => tensors;

    /// <summary>The tensor of that name. Setting replaces and frees the old one.</summary>
    public Tensor this[string name]
    {
        get => tensors.TryGetValue(name, out var tensor) ? tensor : throw new ModelFileException($"The model has no weight {name}.");
        set
        {
            if (tensors.TryGetValue(name, out var old))
                old.Dispose();
            tensors[name] = value.DetachFromDisposeScope();
        }
    }

    /// <summary>Number of values in all tensors.</summary>
    public long Count => tensors.Values.Sum(tensor => tensor.NumberOfElements);

    public bool Contains(string name) => tensors.ContainsKey(name);

    /// <summary>The tensor of that name, or null.</summary>
    public Tensor? Find(string name) => tensors.GetValueOrDefault(name);

    /// <summary>New weights: tables and matrices normal with the given deviation, zero biases, unit norms.</summary>
    public static Weights Create(IEnumerable<WeightShape> wanted, double deviation)
    {
        var weights = new Weights();
        foreach (var weight in wanted)
            weights[weight.Name] = FirstValue(weight, deviation);
        return weights;
    }

    /// <summary>The first value of one new weight, from the global generator.</summary>
    public static Tensor FirstValue(WeightShape weight, double deviation) => weight.Role switch
    {
        WeightRole.Bias => zeros(weight.Dimensions),
        WeightRole.Norm => ones(weight.Dimensions),
        _ => randn(weight.Dimensions).mul_(deviation),
    };

    /// <summary>A copy of every tensor.</summary>
    public Weights Copy()
    {
        var copy = new Weights();
        foreach (var (name, tensor) in tensors)
            copy[name] = tensor.detach().clone();
        return copy;
    }

    /// <summary>Moves what is elsewhere to a kind of device.</summary>
    public void MoveTo(Device device)
    {
        foreach (var (name, tensor) in tensors.Where(item => item.Value.device_type != device.type).ToArray())
            this[name] = tensor.to(device);
    }

    public void Dispose()
    {
        foreach (var tensor in tensors.Values)
            tensor.Dispose();
        tensors.Clear();
    }
}
