using Nola.Core.Experiments;
using Nola.Training.Adapters;
using static TorchSharp.torch;

namespace Nola.Training.Models.MobileBert;

/// <summary>
/// MobileBERT (Sun et al., arXiv 2004.02984): narrow layers between bottlenecks, several feed-forward networks in each, and instead of layer norms a
/// scale and a shift per dimension.
/// </summary>
public sealed class MobileBertModel(MobileBertConfiguration shape, Weights weights, AdapterSet adapters, Precision precision)
    : LanguageModel(shape, weights, adapters, precision)
{
    private double HeadDropout => shape.ClassifierDropout ?? shape.HiddenDropout;

    public override Tensor Encode(Tensor ids, Tensor mask, Tensor? types = null) => Encode(ids, mask, types, firstTokenOnly: false);

    /// <summary>Class scores [batch, labels]: first token → pooler, where there is one → dropout → classifier.</summary>
    /// <remarks>The last layer computes only its first position, which is exact: nothing else of it is read.</remarks>
    public override Tensor Classify(Tensor ids, Tensor mask, Tensor? types = null)
    {
        var first = Encode(ids, mask, types, firstTokenOnly: true).select(1, 0); // [batch, hidden]
        var pooled = shape.HasPooler ? Linear("mobilebert.pooler.dense", first).tanh() : first;
        return Linear("classifier", Drop(pooled, HeadDropout));
    }

    public override Tensor ClassifyTokens(Tensor ids, Tensor mask, Tensor? types = null) => Linear("classifier", Drop(Encode(ids, mask, types), HeadDropout));

    public override Tensor PredictTokens(Tensor ids, Tensor mask, Tensor positions)
    {
        var hidden = Encode(ids, mask).reshape(-1, shape.HiddenSize).index_select(0, positions); // [count, hidden]
        var transformed = LayerNorm("cls.predictions.transform.LayerNorm", Linear("cls.predictions.transform.dense", hidden).relu(), shape.LayerNormEpsilon);
        var embedded = transformed.narrow(1, 0, shape.EmbeddingSize).matmul(Weights["mobilebert.embeddings.word_embeddings.weight"].t());
        var rest = transformed.narrow(1, shape.EmbeddingSize, shape.HiddenSize - shape.EmbeddingSize).matmul(Weights["cls.predictions.dense.weight"]);
        return embedded + rest + Weights["cls.predictions.bias"];
    }

    private Tensor Encode(Tensor ids, Tensor mask, Tensor? types, bool firstTokenOnly)
    {
        return ThroughLayers(ids, mask, types, (ids, mask, types) =>
        {
            var bias = PaddingBias(mask, ScalarType.Float32);
            return (() => Embed(ids, types), (layer, input) => Layer(layer, input, bias, firstTokenOnly && layer == shape.Layers - 1));
        });
    }

    // A token's vector is made from the embeddings of the next one, of itself and of the one before.
    private Tensor Embed(Tensor ids, Tensor? types)
    {
        const string Prefix = "mobilebert.embeddings.";
        var words = LookUp(Prefix + "word_embeddings", ids); // [batch, length, embedding]
        // The last token of a text sees the vector of padding, which does not train.
        words = where(ids.eq(shape.Padding).unsqueeze(-1), words.detach(), words);
        var nothing = zeros_like(words.narrow(1, 0, 1));
        var length = ids.shape[1];
        var trigrams = cat([cat([words.narrow(1, 1, length - 1), nothing], 1), words, cat([nothing, words.narrow(1, 0, length - 1)], 1)], 2);
        var positions = Weights[Prefix + "position_embeddings.weight"].narrow(0, FirstPosition, length).unsqueeze(0);
        var kinds = types is null ? Weights[Prefix + "token_type_embeddings.weight"].narrow(0, 0, 1).unsqueeze(0) : LookUp(Prefix + "token_type_embeddings", types);
        return Drop(Scale(Prefix + "LayerNorm", Linear(Prefix + "embedding_transformation", trigrams) + positions + kinds), shape.HiddenDropout);
    }

    private Tensor Layer(int index, Tensor hidden, Tensor bias, bool firstTokenOnly)
    {
        var prefix = $"mobilebert.encoder.layer.{index}";
        var asking = firstTokenOnly ? hidden.narrow(1, 0, 1) : hidden; // the positions whose output is needed
        var narrow = Scale($"{prefix}.bottleneck.input.LayerNorm", Linear($"{prefix}.bottleneck.input.dense", asking)); // [batch, length, bottleneck]
        var shared = Scale($"{prefix}.bottleneck.attention.LayerNorm", Linear($"{prefix}.bottleneck.attention.dense", hidden));
        var query = SplitHeads(Linear($"{prefix}.attention.self.query", firstTokenOnly ? shared.narrow(1, 0, 1) : shared), shape.Heads); // [batch, heads, length, size]
        var key = SplitHeads(Linear($"{prefix}.attention.self.key", shared), shape.Heads);
        var value = SplitHeads(Linear($"{prefix}.attention.self.value", hidden), shape.Heads); // of the wide hidden state
        var attended = MergeHeads(Attend(index, query, key, value, bias, shape.AttentionDropout));
        var middle = Scale($"{prefix}.attention.output.LayerNorm", Linear($"{prefix}.attention.output.dense", attended) + narrow);
        for (var number = 0; number < shape.FeedForwardNetworks - 1; number++)
            middle = FeedForward($"{prefix}.ffn.{number}", middle);
        var widened = Drop(Linear($"{prefix}.output.bottleneck.dense", FeedForward(prefix, middle)), shape.HiddenDropout);
        return Scale($"{prefix}.output.bottleneck.LayerNorm", widened + asking);
    }

    private Tensor FeedForward(string prefix, Tensor x) =>
        Scale($"{prefix}.output.LayerNorm", Linear($"{prefix}.output.dense", Linear($"{prefix}.intermediate.dense", x).relu()) + x);

    // Stored under the name of the layer norm that it stands for.
    private Tensor Scale(string name, Tensor x) => (x * Weights[name + ".weight"]) + Weights[name + ".bias"];
}
