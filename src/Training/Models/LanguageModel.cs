using Nola.Core.Experiments;
using Nola.Training.Adapters;
using Nola.Training.Native;
using Nola.Training.Packing;
using Nola.Training.Safetensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Nola.Training.Models;

/// <summary>A transformer with Hugging Face's names and numbers. One class per architecture.</summary>
/// <remarks>Holds no weights of its own: it computes with the tensors of <see cref="Weights"/> and the adapters put over them.</remarks>
public abstract class LanguageModel(ModelConfiguration configuration, Weights weights, AdapterSet adapters, Precision precision)
{
    /// <summary>The model's shape.</summary>
    public ModelConfiguration Configuration => configuration;

    /// <summary>The model's weights.</summary>
    public Weights Weights => weights;

    /// <summary>The adapters over the weights.</summary>
    public AdapterSet Adapters => adapters;

    /// <summary>The dropout of the training step under way; null outside of training.</summary>
    public virtual Dropout? Dropout { get; set; }

    /// <summary>
    /// The trials whose batches go through the model in one pass; null for one batch alone. Where there are several, what is said here to be [batch, length,
    /// ...] is [tokens, ...]: the tokens of the first batch, of the second, and so on.
    /// </summary>
    internal TrialPack? Pack { get; set; }

    /// <summary>Whether the architecture computes the batches of several trials in one pass.</summary>
    internal virtual bool CanPack => false;

    /// <summary>The last hidden state [batch, length, hidden] of token ids [batch, length] under a mask of ones and zeros [batch, length].</summary>
    /// <param name="ids">64-bit token numbers.</param>
    /// <param name="mask">1 for tokens, 0 for padding.</param>
    /// <param name="types">1 in second texts; null when there are none.</param>
    public abstract Tensor Encode(Tensor ids, Tensor mask, Tensor? types = null);

    /// <summary>Class scores of whole texts [batch, labels].</summary>
    public virtual Tensor Classify(Tensor ids, Tensor mask, Tensor? types = null) => throw NoHead("sequence classification");

    /// <summary>Class scores of tokens [batch, length, labels].</summary>
    public virtual Tensor ClassifyTokens(Tensor ids, Tensor mask, Tensor? types = null) => throw NoHead("token classification");

    /// <summary>Vocabulary scores [count, vocabulary] at the given flat positions (batch × length + position) [count].</summary>
    public virtual Tensor PredictTokens(Tensor ids, Tensor mask, Tensor positions) => throw NoHead("masked language modelling");

    /// <summary>Vocabulary scores of the token after each position [batch, length, vocabulary].</summary>
    public virtual Tensor PredictNext(Tensor ids, Tensor mask) => throw NoHead("causal language modelling");

    /// <summary>Vocabulary scores of the token after the last one [batch, vocabulary]; the ids [batch, length] follow those that the cache has read, and join them.</summary>
    public virtual Tensor Continue(Tensor ids, KeyValueCache cache) => throw NoHead("causal language modelling");

    /// <summary>What the frozen layers at the bottom make of texts, kept between steps; null where everything is computed.</summary>
    internal FrozenLayers? Frozen { get; set; }

    /// <summary>
    /// Hidden states after all layers, each of which frees what it made on the way and the gradients do not need. Without this all of it would stay until
    /// the step ends: the dispose scope of a step knows nothing of what torch would have let go.
    /// </summary>
    /// <param name="ids">[batch, length].</param>
    /// <param name="mask">[batch, length].</param>
    /// <param name="types">[batch, length], or null.</param>
    /// <param name="of">Of texts given so: what makes the hidden states before the first layer, and the layer of an index of hidden states.</param>
    protected Tensor ThroughLayers(Tensor ids, Tensor mask, Tensor? types, Func<Tensor, Tensor, Tensor?, (Func<Tensor> Embed, Func<int, Tensor, Tensor> Layer)> of)
    {
        var (embed, layer) = of(ids, mask, types);
        if (Frozen is not { } frozen || Pack is not null || !frozen.Serves(Dropout))
            return Through(embed(), 0, configuration.Layers, layer);
        var states = frozen.Of(ids, mask, types, (ids, mask, types) =>
        {
            var (embed, layer) = of(ids, mask, types);
            return Through(embed(), 0, frozen.Count, layer);
        });
        return Through(states, frozen.Count, configuration.Layers, layer);

        static Tensor Through(Tensor hidden, int first, int end, Func<int, Tensor, Tensor> layer)
        {
            for (var index = first; index < end; index++)
            {
                using var scope = NewDisposeScope();
                hidden = layer(index, hidden).MoveToOuterDisposeScope();
            }

            return hidden;
        }
    }

    /// <summary>A linear layer of that name with its adapter, where it has one.</summary>
    protected internal Tensor Linear(string name, Tensor x)
    {
        var layer = new LinearLayer(weights[name + ".weight"], weights.Find(name + ".bias"), precision);
        return adapters.Find(name) is { } adapter ? adapter.Forward(x, layer, Dropout) : layer.Forward(x);
    }

    /// <summary>Rows of a table [count, size] by numbers of any shape; the result has the size as its last dimension.</summary>
    protected Tensor LookUp(string name, Tensor numbers)
    {
        var table = weights[name + ".weight"];
        var rows = table.index_select(0, numbers.reshape(-1)).view([.. numbers.shape, table.shape[1]]);
        return adapters.Prompt is { } prompt && prompt.Table == name ? prompt.Over(rows) : rows;
    }

    /// <summary>The position of a text's first token: behind the prefix, where there is one.</summary>
    protected int FirstPosition => adapters.Prefix?.Tokens ?? 0;

    /// <summary>Layer norm over the last dimension.</summary>
    protected Tensor LayerNorm(string name, Tensor x, double epsilon) =>
        functional.layer_norm(x, [x.shape[^1]], weights[name + ".weight"], weights[name + ".bias"], epsilon);

    /// <summary>Dropout while training.</summary>
    protected Tensor Drop(Tensor x, double share) => Dropout?.Apply(x, share) ?? x;

    /// <summary>Scaled dot-product attention (Vaswani et al., arXiv 1706.03762): dropout(softmax(QKᵀ / √size + bias)) V.</summary>
    /// <param name="layer">Index of the layer, which tells what a prefix puts before its keys and values.</param>
    /// <param name="query">[batch, heads, asking, size].</param>
    /// <param name="key">[batch, heads, length, size].</param>
    /// <param name="value">[batch, heads, length, size].</param>
    /// <param name="bias">Added to the scores, of a shape that broadcasts to [batch, heads, asking, length]; null for nothing.</param>
    /// <param name="share">Dropout of the attention weights while training.</param>
    protected Tensor Attend(int layer, Tensor query, Tensor key, Tensor value, Tensor? bias, double share) => Attend(layer, query, key, value, bias, Dropout, share);

    /// <summary>The same with a dropout of its own.</summary>
    protected Tensor Attend(int layer, Tensor query, Tensor key, Tensor value, Tensor? bias, Dropout? dropout, double share)
    {
        if (adapters.Prefix is { } prefix)
            (key, value, bias) = prefix.Before(layer, key, value, bias);
        if (dropout is null || share == 0)
            return functional.scaled_dot_product_attention(query, key, value, bias);
        if (FloatMemory.Has(query))
            return DroppedAttention.Of(query, key, value, bias, dropout.Next([.. query.shape[..^1], key.shape[^2]], share));
        var scores = (query / Math.Sqrt(query.shape[^1])).matmul(key.transpose(-2, -1));
        return dropout.Apply(functional.softmax(bias is null ? scores : scores + bias, -1), share).matmul(value);
    }

    /// <summary>The vectors of the places of ids [batch, length], by a function whose result broadcasts to [batch, length, hidden].</summary>
    protected Tensor Places(Tensor ids, Func<Tensor, Tensor> of) => Pack is { } pack ? pack.Places(of) : of(ids);

    /// <summary>The first positions [batch, 1, hidden] of hidden states.</summary>
    protected Tensor First(Tensor hidden) => Pack is { } pack ? pack.First(hidden) : hidden.narrow(1, 0, 1);

    /// <summary>The last positions before padding [batch, hidden] of hidden states under a mask.</summary>
    protected Tensor Last(Tensor hidden, Tensor mask) => Pack is { } pack ? pack.Last(hidden)
        : hidden.gather(1, mask.sum(1).sub(1).clamp(min: 0).view(-1, 1, 1).expand(-1, 1, hidden.shape[2])).squeeze(1);

    /// <summary>Attention of a layer whose heads lie side by side: [batch, asking, heads × size] from a query of that shape and keys and values [batch, length, heads × size].</summary>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="query">Of the positions that ask.</param>
    /// <param name="key">Of all positions.</param>
    /// <param name="value">Of all positions.</param>
    /// <param name="heads">Their number.</param>
    /// <param name="bias">See <see cref="PaddingBias"/>.</param>
    /// <param name="share">Dropout of the attention weights while training.</param>
    protected Tensor AttendByHead(int layer, Tensor query, Tensor key, Tensor value, int heads, Tensor? bias, double share)
    {
        return Pack is { } pack ? pack.Attend(query, key, value, bias!, Dropout!, Of) : Of(query, key, value, bias, Dropout);

        Tensor Of(Tensor query, Tensor key, Tensor value, Tensor? bias, Dropout? dropout) =>
            MergeHeads(Attend(layer, SplitHeads(query, heads), SplitHeads(key, heads), SplitHeads(value, heads), bias, dropout, share));
    }

    /// <summary>[batch, length, heads × size] as [batch, heads, length, size].</summary>
    protected static Tensor SplitHeads(Tensor x, int heads) => x.view(x.shape[0], x.shape[1], heads, x.shape[2] / heads).transpose(1, 2);

    /// <summary>[batch, heads, length, size] as [batch, length, heads × size].</summary>
    protected static Tensor MergeHeads(Tensor x) => x.transpose(1, 2).reshape(x.shape[0], x.shape[2], -1);

    /// <summary>What is added to attention scores [batch, 1, 1, length]: 0 for tokens, a large negative number for padding.</summary>
    protected internal static Tensor PaddingBias(Tensor mask, ScalarType type) => mask.eq(0).to(type).mul(-1e9f).unsqueeze(1).unsqueeze(1);

    private ModelFileException NoHead(string what) => new($"Nola has no {what} for the architecture {configuration.ModelType}.");
}
