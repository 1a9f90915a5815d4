using Nola.Core.Experiments;
using Nola.Training.Adapters;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Nola.Training.Models.DistilBert;

/// <summary>DistilBERT (Sanh et al., arXiv 1910.01108): BERT's layers without dropout behind the attention's output.</summary>
public sealed class DistilBertModel(DistilBertConfiguration shape, Weights weights, AdapterSet adapters, Precision precision)
    : LanguageModel(shape, weights, adapters, precision)
{
    private const double Epsilon = 1e-12; // of all layer norms

    internal override bool CanPack => true;

    public override Tensor Encode(Tensor ids, Tensor mask, Tensor? types = null) => Encode(ids, mask, firstTokenOnly: false);

    /// <summary>Class scores [batch, labels]: first token → pre_classifier → ReLU → dropout → classifier.</summary>
    /// <remarks>The last layer computes only its first position, which is exact: nothing else of it is read.</remarks>
    public override Tensor Classify(Tensor ids, Tensor mask, Tensor? types = null)
    {
        var first = Encode(ids, mask, firstTokenOnly: true).reshape(-1, shape.HiddenSize); // [batch, hidden]
        return Linear("classifier", Drop(Linear("pre_classifier", first).relu(), shape.ClassifierDropout));
    }

    public override Tensor ClassifyTokens(Tensor ids, Tensor mask, Tensor? types = null) =>
        Linear("classifier", Drop(Encode(ids, mask), shape.HiddenDropout));

    public override Tensor PredictTokens(Tensor ids, Tensor mask, Tensor positions)
    {
        var hidden = Encode(ids, mask).reshape(-1, shape.HiddenSize).index_select(0, positions); // [count, hidden]
        var transformed = LayerNorm("vocab_layer_norm", functional.gelu(Linear("vocab_transform", hidden)), Epsilon);
        return functional.linear(transformed, Weights["distilbert.embeddings.word_embeddings.weight"], Weights["vocab_projector.bias"]);
    }

    private Tensor Encode(Tensor ids, Tensor mask, bool firstTokenOnly)
    {
        return ThroughLayers(ids, mask, null, (ids, mask, _) =>
        {
            var bias = PaddingBias(mask, ScalarType.Float32);
            return (() => Embed(ids), (layer, input) => Layer(layer, input, bias, firstTokenOnly && layer == shape.Layers - 1));
        });
    }

    private Tensor Embed(Tensor ids)
    {
        var positions = Places(ids, of => Weights["distilbert.embeddings.position_embeddings.weight"].narrow(0, FirstPosition, of.shape[1]).unsqueeze(0));
        return Drop(LayerNorm("distilbert.embeddings.LayerNorm", LookUp("distilbert.embeddings.word_embeddings", ids) + positions, Epsilon), shape.HiddenDropout);
    }

    private Tensor Layer(int index, Tensor hidden, Tensor bias, bool firstTokenOnly)
    {
        var prefix = $"distilbert.transformer.layer.{index}";
        var asking = firstTokenOnly ? First(hidden) : hidden; // the positions whose output is needed
        var query = Linear($"{prefix}.attention.q_lin", asking); // [batch, length, hidden]
        var key = Linear($"{prefix}.attention.k_lin", hidden);
        var value = Linear($"{prefix}.attention.v_lin", hidden);
        var attended = AttendByHead(index, query, key, value, shape.Heads, bias, shape.AttentionDropout);
        var middle = LayerNorm($"{prefix}.sa_layer_norm", Linear($"{prefix}.attention.out_lin", attended) + asking, Epsilon);
        var narrowed = Drop(Linear($"{prefix}.ffn.lin2", functional.gelu(Linear($"{prefix}.ffn.lin1", middle))), shape.HiddenDropout);
        return LayerNorm($"{prefix}.output_layer_norm", narrowed + middle, Epsilon);
    }
}
