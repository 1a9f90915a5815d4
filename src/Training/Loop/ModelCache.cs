using Nola.Training.Models;
using static TorchSharp.torch;

namespace Nola.Training.Loop;

/// <summary>
/// Encoders of the models used last, in the memory of one device, so that the next trial on one of them starts at once. Nobody may change what it hands out.
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

    /// <summary>
    /// The encoder's weights of a model folder on the device: copies when they are to be trained, else views on the cached ones. A changed file is read anew.
    /// </summary>
    public Weights Encoder(string folder, BertConfiguration shape, Device device, bool copy)
    {
        lock (gate)
        {
            var cached = Find(folder, shape, device);
            var weights = new Weights();
            foreach (var (name, tensor) in cached.All)
                weights[name] = copy ? tensor.detach().clone() : tensor.detach();
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

    private Weights Find(string folder, BertConfiguration shape, Device device)
    {
        var file = new FileInfo(Path.Combine(folder, "model.safetensors"));
        var key = $"{file.FullName}|{(file.Exists ? file.Length : 0)}|{(file.Exists ? file.LastWriteTimeUtc.Ticks : 0)}";
        for (var node = models.First; node is not null; node = node.Next)
            if (node.Value.Key == key)
            {
                models.Remove(node);
                models.AddFirst(node);
                return node.Value.Weights;
            }

        var loaded = BertWeights.Load(folder, shape, BertWeights.Encoder(shape));
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
