using Nola.Core.Experiments;
using Nola.Training.Adapters;
using Nola.Training.Models.Bert;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Nola.Training.Models.Roberta;

/// <summary>RoBERTa (Liu et al., arXiv 1907.11692): BERT's layers; the first token is classified without a pooler.</summary>
public sealed class RobertaModel(RobertaConfiguration shape, Weights weights, AdapterSet adapters, Precision precision)
    : BertModel(shape, weights, adapters, precision)
{
    private double HeadDropout => shape.ClassifierDropout ?? shape.HiddenDropout;

    /// <summary>Class scores [batch, labels]: first token → dropout → dense → tanh → dropout → out_proj.</summary>
    public override Tensor Classify(Tensor ids, Tensor mask, Tensor? types = null)
    {
        var first = Encode(ids, mask, types, firstTokenOnly: true).reshape(-1, shape.HiddenSize); // [batch, hidden]
        var dense = Linear("classifier.dense", Drop(first, HeadDropout)).tanh();
        return Linear("classifier.out_proj", Drop(dense, HeadDropout));
    }

    public override Tensor PredictTokens(Tensor ids, Tensor mask, Tensor positions)
    {
        var hidden = Encode(ids, mask).reshape(-1, shape.HiddenSize).index_select(0, positions); // [count, hidden]
        var transformed = LayerNorm("lm_head.layer_norm", functional.gelu(Linear("lm_head.dense", hidden)), shape.LayerNormEpsilon);
        return functional.linear(transformed, Weights["roberta.embeddings.word_embeddings.weight"], Weights["lm_head.bias"]);
    }

    // The n-th token has the position padding + n, and stands behind the prefix; padding itself has the position of its id.
    protected override Tensor Positions(Tensor ids)
    {
        var isToken = ids.ne(shape.Padding).to(ScalarType.Int64);
        return LookUp("roberta.embeddings.position_embeddings", ((isToken.cumsum(1) + FirstPosition) * isToken) + shape.Padding); // [batch, length, hidden]
    }
}
