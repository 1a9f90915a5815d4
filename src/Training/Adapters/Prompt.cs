using static TorchSharp.torch;

namespace Nola.Training.Adapters;

/// <summary>Prompt tuning (Lester et al., arXiv 2104.08691): trained embeddings of virtual tokens before those of the text.</summary>
public sealed class Prompt : IDisposable
{
    /// <summary>Begins with the embeddings of words drawn from the global generator, which the paper found better than random values.</summary>
    /// <param name="table">Name of the model's word embedding, without <c>.weight</c>.</param>
    /// <param name="words">The word embedding [vocabulary, width].</param>
    /// <param name="tokens">Virtual tokens.</param>
    public Prompt(string table, Tensor words, int tokens)
    {
        Table = table;
        Tokens = tokens;
        using var quiet = no_grad();
        Embeddings = words.index_select(0, randint(0, words.shape[0], new long[] { tokens }, ScalarType.Int64).to(words.device)).to(ScalarType.Float32).DetachFromDisposeScope();
    }

    /// <summary>Name of the word embedding that it stands beside.</summary>
    public string Table { get; }

    /// <summary>Virtual tokens.</summary>
    public int Tokens { get; }

    /// <summary>Trained, [tokens, width].</summary>
    public Tensor Embeddings { get; }

    /// <summary>Embeddings [batch, tokens + length, width] with the virtual tokens' in the first places.</summary>
    public Tensor Over(Tensor rows) => cat([Embeddings.to(rows.dtype).unsqueeze(0).expand(rows.shape[0], -1, -1), rows.narrow(1, Tokens, rows.shape[1] - Tokens)], 1);

    public void Dispose() => Embeddings.Dispose();
}
