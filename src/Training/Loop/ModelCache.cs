using Nola.Training.Models;
using static TorchSharp.torch;

namespace Nola.Training.Loop;

/// <summary>
/// Base weights of the models used last, in the memory of one device, so that the next trial on one of them starts at once. Nobody may change what it hands out.
/// </summary>
/// <param name="maxBytes">Upper bound on the memory held; the least recently used model goes first. Default: 2 GiB.</param>
public sealed class ModelCache(long maxBytes = 2L << 30) : IDisposable
{
    private readonly Lock gate = new();
    private readonly LinkedList<(string Key, Weights Weights)> models = new(); // most recently used first

    /// <summary>Bytes held.</summary>
    public long Bytes
    {
        get
        {
            lock (gate)
                return models.Sum(item => BytesOf(item.Weights));
        }
    }

    /// <summary>The base weights of a model folder on the device, as views on the cached ones. A changed file is read anew.</summary>
    /// <param name="folder">Hugging Face folder.</param>
    /// <param name="configuration">What its config.json says.</param>
    /// <param name="device">Where they are to lie.</param>
    /// <param name="half">Whether linear layers are in bfloat16.</param>
    public Weights Base(string folder, ModelConfiguration configuration, Device device, bool half)
    {
        lock (gate)
        {
            var cached = Find(folder, configuration, device, half);
            var weights = new Weights();
            foreach (var (name, tensor) in cached.All)
                weights[name] = tensor.detach();
            Trim();
            return weights;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var (_, weights) in models)
                weights.Dispose();
            models.Clear();
        }
    }

    private static long BytesOf(Weights weights) => weights.All.Sum(item => item.Value.NumberOfElements * item.Value.ElementSize);

    private Weights Find(string folder, ModelConfiguration configuration, Device device, bool half)
    {
        var key = string.Join('|', WeightFiles.FilesOf(folder).Select(name => new FileInfo(Path.Combine(folder, name)))
            .Select(file => $"{file.FullName}|{(file.Exists ? file.Length : 0)}|{(file.Exists ? file.LastWriteTimeUtc.Ticks : 0)}")) + (half ? "|half" : "");
        for (var node = models.First; node is not null; node = node.Next)
            if (node.Value.Key == key)
            {
                models.Remove(node);
                models.AddFirst(node);
                return node.Value.Weights;
            }

        var loaded = new WeightFiles(folder).Load(configuration, configuration.BaseWeights(), half);
        loaded.MoveTo(device);
        models.AddFirst((key, loaded));
        return loaded;
    }

    // Views keep the memory that they share alive, so a model in use may leave the cache.
    private void Trim()
    {
        while (models.Count > 0 && models.Sum(item => BytesOf(item.Weights)) > maxBytes)
        {
            models.Last!.Value.Weights.Dispose();
            models.RemoveLast();
        }
    }
}
