using Nola.Core.Experiments;
using Nola.Training.Adapters;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Nola.Training.Models.Bert;

/// <summary>BERT (Devlin et al., arXiv 1810.04805): post-norm layers, exact GELU, learned positions.</summary>
public class BertModel(BertConfiguration shape, Weights weights, AdapterSet adapters, Precision precision)
    : LanguageModel(shape, weights, adapters, precision)
{
    internal override bool CanPack => true;

    public override Tensor Encode(Tensor ids, Tensor mask, Tensor? types = null) => Encode(ids, mask, types, firstTokenOnly: false);

    /// <summary>Class scores [batch, labels]: pooled first token → dropout → classifier.</summary>
    /// <remarks>The last layer computes only its first position, which is exact: nothing else of it is read.</remarks>
    public override Tensor Classify(Tensor ids, Tensor mask, Tensor? types = null)
    {
        var first = Encode(ids, mask, types, firstTokenOnly: true).reshape(-1, shape.HiddenSize); // [batch, hidden]
        var pooled = Linear(shape.BasePrefix + "pooler.dense", first).tanh();
        return Linear("classifier", Drop(pooled, shape.ClassifierDropout ?? shape.HiddenDropout));
    }

    public override Tensor ClassifyTokens(Tensor ids, Tensor mask, Tensor? types = null) =>
        Linear("classifier", Drop(Encode(ids, mask, types), shape.ClassifierDropout ?? shape.HiddenDropout));

    public override Tensor PredictTokens(Tensor ids, Tensor mask, Tensor positions)
    {
        var hidden = Encode(ids, mask).reshape(-1, shape.HiddenSize).index_select(0, positions); // [count, hidden]
        var transformed = LayerNorm("cls.predictions.transform.LayerNorm", functional.gelu(Linear("cls.predictions.transform.dense", hidden)), shape.LayerNormEpsilon);
        return functional.linear(transformed, Weights[shape.BasePrefix + "embeddings.word_embeddings.weight"], Weights["cls.predictions.bias"]);
    }

    /// <summary>The last hidden state; of the first position alone [batch, 1, hidden] when nothing else is needed.</summary>
    protected Tensor Encode(Tensor ids, Tensor mask, Tensor? types, bool firstTokenOnly)
    {
        return ThroughLayers(ids, mask, types, (ids, mask, types) =>
        {
            var bias = PaddingBias(mask, ScalarType.Float32);
            return (() => Embed(ids, types), (layer, input) => Layer(layer, input, bias, firstTokenOnly && layer == shape.Layers - 1));
        });
    }

    /// <summary>The vectors of the places of ids, of a shape that broadcasts to [batch, length, hidden].</summary>
    protected virtual Tensor Positions(Tensor ids) =>
        Weights[shape.BasePrefix + "embeddings.position_embeddings.weight"].narrow(0, FirstPosition, ids.shape[1]).unsqueeze(0);

    private Tensor Embed(Tensor ids, Tensor? types)
    {
        var prefix = shape.BasePrefix + "embeddings.";
        var words = LookUp(prefix + "word_embeddings", ids);
        var kinds = types is null || shape.TokenTypes == 1
            ? Weights[prefix + "token_type_embeddings.weight"].narrow(0, 0, 1)
            : LookUp(prefix + "token_type_embeddings", types);
        return Drop(LayerNorm(prefix + "LayerNorm", words + kinds + Places(ids, Positions), shape.LayerNormEpsilon), shape.HiddenDropout);
    }

    private Tensor Layer(int index, Tensor hidden, Tensor bias, bool firstTokenOnly)
    {
        var prefix = $"{shape.BasePrefix}encoder.layer.{index}";
        var asking = firstTokenOnly ? First(hidden) : hidden; // the positions whose output is needed
        var query = Linear($"{prefix}.attention.self.query", asking); // [batch, length, hidden]
        var key = Linear($"{prefix}.attention.self.key", hidden);
        var value = Linear($"{prefix}.attention.self.value", hidden);
        var attended = AttendByHead(index, query, key, value, shape.Heads, bias, shape.AttentionDropout);
        var output = Drop(Linear($"{prefix}.attention.output.dense", attended), shape.HiddenDropout);
        var middle = LayerNorm($"{prefix}.attention.output.LayerNorm", output + asking, shape.LayerNormEpsilon);
        var widened = functional.gelu(Linear($"{prefix}.intermediate.dense", middle));
        var narrowed = Drop(Linear($"{prefix}.output.dense", widened), shape.HiddenDropout);
        return LayerNorm($"{prefix}.output.LayerNorm", narrowed + middle, shape.LayerNormEpsilon);
    }
}
