using Nola.Core.Experiments;
using Nola.Training.Adapters;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Nola.Training.Models;

/// <summary>
/// BERT (Devlin et al., arXiv 1810.04805) with Hugging Face's names and numbers: post-norm layers, exact GELU, learned positions.
/// </summary>
/// <remarks>Holds no weights of its own: it computes with the tensors of <see cref="Weights"/> and the adapters put over them.</remarks>
public sealed class BertModel(BertConfiguration shape, Weights weights, AdapterSet adapters, Precision precision = Precision.Float32) : IDisposable
{
    private readonly Products products = new(precision);

    /// <summary>The model's shape.</summary>
    public BertConfiguration Shape => shape;

    /// <summary>The model's weights.</summary>
    public Weights Weights => weights;

    /// <summary>The adapters over the weights.</summary>
    public AdapterSet Adapters => adapters;

    /// <summary>Whether dropout is on.</summary>
    public bool Training { get; set; }

    /// <summary>Frees what the model made for itself; weights and adapters are their owner's.</summary>
    public void Dispose() => products.Dispose();

    /// <summary>The last hidden state [batch, length, hidden] of token ids [batch, length] under a mask of ones and zeros [batch, length].</summary>
    public Tensor Encode(Tensor ids, Tensor mask, Tensor? types = null, bool firstTokenOnly = false)
    {
        var hidden = Embed(ids, types); // [batch, length, hidden]
        var bias = mask.eq(0).to(hidden.dtype).mul(-1e9f).unsqueeze(1).unsqueeze(1); // [batch, 1, 1, length]
        for (var layer = 0; layer < shape.Layers; layer++)
            hidden = Layer(layer, hidden, bias, firstTokenOnly && layer == shape.Layers - 1);
        return hidden;
    }

    /// <summary>Class scores [batch, labels]: pooled first token → dropout → classifier.</summary>
    /// <remarks>The last layer computes only its first position, which is exact: nothing else of it is read.</remarks>
    public Tensor Classify(Tensor ids, Tensor mask, Tensor? types = null)
    {
        var first = Encode(ids, mask, types, firstTokenOnly: true).select(1, 0); // [batch, hidden]
        var pooled = Dense("bert.pooler.dense", first).tanh();
        return Dense("classifier", Drop(pooled, shape.ClassifierDropout ?? shape.HiddenDropout));
    }

    /// <summary>Vocabulary scores [count, vocabulary] at the given flat positions (batch × length + position) [count].</summary>
    public Tensor PredictTokens(Tensor ids, Tensor mask, Tensor positions)
    {
        var hidden = Encode(ids, mask).reshape(-1, shape.HiddenSize).index_select(0, positions); // [count, hidden]
        var transformed = Norm("cls.predictions.transform.LayerNorm", functional.gelu(Dense("cls.predictions.transform.dense", hidden)));
        return functional.linear(transformed, weights["bert.embeddings.word_embeddings.weight"], weights["cls.predictions.bias"]);
    }

    private Tensor Embed(Tensor ids, Tensor? types)
    {
        var (batch, length) = (ids.shape[0], ids.shape[1]);
        var words = weights["bert.embeddings.word_embeddings.weight"].index_select(0, ids.reshape(-1)).view(batch, length, shape.HiddenSize);
        var positions = weights["bert.embeddings.position_embeddings.weight"].narrow(0, 0, length).unsqueeze(0);
        var typeTable = weights["bert.embeddings.token_type_embeddings.weight"];
        var kinds = types is null
            ? typeTable.narrow(0, 0, 1).unsqueeze(0)
            : typeTable.index_select(0, types.reshape(-1)).view(batch, length, shape.HiddenSize);
        return Drop(Norm("bert.embeddings.LayerNorm", words + kinds + positions), shape.HiddenDropout);
    }

    private Tensor Layer(int index, Tensor hidden, Tensor bias, bool firstTokenOnly)
    {
        var prefix = $"bert.encoder.layer.{index}";
        var asking = firstTokenOnly ? hidden.narrow(1, 0, 1) : hidden; // the positions whose output is needed
        var query = SplitHeads(Dense($"{prefix}.attention.self.query", asking)); // [batch, heads, length, size]
        var key = SplitHeads(Dense($"{prefix}.attention.self.key", hidden));
        var value = SplitHeads(Dense($"{prefix}.attention.self.value", hidden));
        var attended = functional.scaled_dot_product_attention(query, key, value, bias, Training ? shape.AttentionDropout : 0);
        var merged = attended.transpose(1, 2).reshape(asking.shape[0], asking.shape[1], shape.HiddenSize);
        var output = Drop(Dense($"{prefix}.attention.output.dense", merged), shape.HiddenDropout);
        var middle = Norm($"{prefix}.attention.output.LayerNorm", output + asking);
        var widened = functional.gelu(Dense($"{prefix}.intermediate.dense", middle));
        var narrowed = Drop(Dense($"{prefix}.output.dense", widened), shape.HiddenDropout);
        return Norm($"{prefix}.output.LayerNorm", narrowed + middle);
    }

    private Tensor SplitHeads(Tensor x) => x.view(x.shape[0], x.shape[1], shape.Heads, shape.HiddenSize / shape.Heads).transpose(1, 2);

    private Tensor Dense(string name, Tensor x) =>
        adapters.Find(name) is { } adapter
            ? adapter.Forward(x, input => Base(name, input), Training)
            : Base(name, x);

    private Tensor Base(string name, Tensor x) => products.Linear(name, x, weights[name + ".weight"], weights[name + ".bias"]);

    private Tensor Norm(string name, Tensor x) =>
        functional.layer_norm(x, [shape.HiddenSize], weights[name + ".weight"], weights[name + ".bias"], shape.LayerNormEpsilon);

    private Tensor Drop(Tensor x, double probability) => Training && probability > 0 ? functional.dropout(x, probability, training: true) : x;
}
