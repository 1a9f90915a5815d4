using static TorchSharp.torch;

namespace Nola.Training.Adapters;

/// <summary>
/// Prefix tuning (Li and Liang, arXiv 2101.00190) without the paper's reparametrisation: each layer attends to trained keys and values before those of
/// the text, and the text's positions begin behind them.
/// </summary>
public sealed class Prefix : IDisposable
{
    private readonly long width; // of all key heads of a layer together

    /// <summary>Normal values from the global generator.</summary>
    /// <param name="tokens">Keys and values per layer.</param>
    /// <param name="layers">Transformer layers.</param>
    /// <param name="width">Dimensions of a layer's key, over all heads.</param>
    /// <param name="deviation">Standard deviation of the first values.</param>
    /// <param name="device">Where they are to lie.</param>
    public Prefix(int tokens, int layers, long width, double deviation, Device device)
    {
        this.width = width;
        Tokens = tokens;
        Embeddings = randn(tokens, layers * 2 * width, device: device).mul_(deviation).DetachFromDisposeScope();
    }

    /// <summary>Keys and values per layer.</summary>
    public int Tokens { get; }

    /// <summary>Trained, [tokens, layers × 2 × width]: each layer's key and then its value, as PEFT stores them.</summary>
    public Tensor Embeddings { get; }

    /// <summary>Keys, values and bias of a layer's attention with the prefix before them.</summary>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="key">[batch, heads, length, size].</param>
    /// <param name="value">[batch, heads, length, size].</param>
    /// <param name="bias">Added to the scores [.., length], or null; nothing is added to those of the prefix.</param>
    public (Tensor Key, Tensor Value, Tensor? Bias) Before(int layer, Tensor key, Tensor value, Tensor? bias) => (
        cat([Part(2 * layer, key), key], 2),
        cat([Part((2 * layer) + 1, key), value], 2),
        bias is null ? null : cat([zeros([.. bias.shape[..^1], Tokens], bias.dtype, bias.device), bias], -1));

    public void Dispose() => Embeddings.Dispose();

    // [batch, heads, tokens, size]; where several heads of the query share a key, so do they here.
    private Tensor Part(int index, Tensor like)
    {
        var size = like.shape[3];
        var part = Embeddings.narrow(1, index * width, width).view(Tokens, width / size, size).transpose(0, 1); // [key heads, tokens, size]
        var shared = like.shape[1] / part.shape[0];
        return (shared == 1 ? part : part.repeat_interleave(shared, 0)).to(like.dtype).unsqueeze(0).expand(like.shape[0], -1, -1, -1);
    }
}
