using Nola.Core.Experiments;
using Nola.Training.Adapters;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Nola.Training.Models.Llama;

/// <summary>
/// Llama (Touvron et al., arXiv 2302.13971) and Mistral (Jiang et al., arXiv 2310.06825): RMS norm before each part, rotary positions, grouped
/// queries, down(silu(gate)·up).
/// </summary>
/// <remarks>Padding stands behind the tokens, so that no token sees it; a mask serves only to find the last token.</remarks>
public sealed class LlamaModel(LlamaConfiguration shape, Weights weights, AdapterSet adapters, Precision precision)
    : LanguageModel(shape, weights, adapters, precision)
{
    internal override bool CanPack => true;

    private long Window => shape.SlidingWindow ?? long.MaxValue;

    public override Tensor Encode(Tensor ids, Tensor mask, Tensor? types = null) => Encode(ids, mask, null);

    /// <summary>Class scores [batch, labels] from the last token of each text.</summary>
    public override Tensor Classify(Tensor ids, Tensor mask, Tensor? types = null) => Linear("score", Last(Encode(ids, mask, null), mask));

    public override Tensor PredictNext(Tensor ids, Tensor mask) => Predict(Encode(ids, mask, null));

    public override Tensor Continue(Tensor ids, KeyValueCache cache)
    {
        var hidden = Encode(ids, ones_like(ids), cache);
        cache.Advance(ids.shape[1]);
        return Predict(hidden.select(1, hidden.shape[1] - 1));
    }

    private Tensor Predict(Tensor hidden) => shape.TiesEmbeddings
        ? functional.linear(hidden, Weights["model.embed_tokens.weight"])
        : Linear("lm_head", hidden);

    private Tensor Encode(Tensor ids, Tensor mask, KeyValueCache? cache)
    {
        var start = cache?.Length ?? 0;
        return RmsNorm("model.norm", ThroughLayers(ids, mask, null, (ids, _, _) =>
        {
            var positions = (Pack?.Lengths ?? [ids.shape[1]]).ToDictionary(length => length, length => new Positions(
                shape.Rotary.Tables(FirstPosition + start, length, shape.HeadSize, ids.device),
                VisibilityBias(start, length, ids.device)));
            return (() => LookUp("model.embed_tokens", ids), (layer, input) => Layer(layer, input, positions, cache));
        }));
    }

    private Tensor Layer(int index, Tensor hidden, IReadOnlyDictionary<long, Positions> positions, KeyValueCache? cache)
    {
        var prefix = $"model.layers.{index}";
        hidden += Attention(index, RmsNorm($"{prefix}.input_layernorm", hidden), positions, cache);
        var normed = RmsNorm($"{prefix}.post_attention_layernorm", hidden);
        var widened = functional.silu(Linear($"{prefix}.mlp.gate_proj", normed)) * Linear($"{prefix}.mlp.up_proj", normed);
        return hidden + Linear($"{prefix}.mlp.down_proj", widened);
    }

    private Tensor Attention(int index, Tensor x, IReadOnlyDictionary<long, Positions> positions, KeyValueCache? cache)
    {
        var prefix = $"model.layers.{index}.self_attn";
        var (query, key, value) = (Linear($"{prefix}.q_proj", x), Linear($"{prefix}.k_proj", x), Linear($"{prefix}.v_proj", x));
        return Linear($"{prefix}.o_proj", Pack is { } pack ? pack.Attend(query, key, value, null, Dropout!, Of) : Of(query, key, value, null, Dropout));

        Tensor Of(Tensor query, Tensor key, Tensor value, Tensor? padding, Dropout? dropout)
        {
            var here = positions[query.shape[1]];
            query = RotaryEmbedding.Turn(SplitHeads(query, shape.Heads), here.Rotation); // [batch, heads, length, size]
            key = RotaryEmbedding.Turn(SplitHeads(key, shape.KeyValueHeads), here.Rotation);
            value = SplitHeads(value, shape.KeyValueHeads);
            if (cache is not null)
                (key, value) = cache.Append(index, key, value);
            (key, value) = (ForEveryHead(key), ForEveryHead(value));
            // Without a bias to read, torch skips what lies above the diagonal.
            return MergeHeads(cache is null && Adapters.Prefix is null && query.shape[2] <= Window && (dropout is null || shape.AttentionDropout == 0)
                ? functional.scaled_dot_product_attention(query, key, value, is_casual: true)
                : Attend(index, query, key, value, here.Bias, dropout, shape.AttentionDropout));
        }
    }

    // [batch, key heads, length, size] as [batch, heads, length, size]: each key head serves neighbouring query heads.
    private Tensor ForEveryHead(Tensor x)
    {
        var group = shape.Heads / shape.KeyValueHeads;
        return group == 1 ? x : x.unsqueeze(2).expand(-1, -1, group, -1, -1).reshape(x.shape[0], shape.Heads, x.shape[2], x.shape[3]);
    }

    // What is added to attention scores [1, 1, count, start + count]: 0 for a token itself and those before it, within the window; null for all.
    private Tensor? VisibilityBias(long start, long count, Device device)
    {
        if (count == 1 && start < Window)
            return null;
        var asking = arange(start, start + count, ScalarType.Int64, device).unsqueeze(1);
        var distance = asking - arange(0, start + count, ScalarType.Int64, device).unsqueeze(0); // [count, start + count]
        var hidden = distance.lt(0);
        if (start + count > Window)
            hidden = hidden.logical_or(distance.ge(Window));
        return zeros(distance.shape, ScalarType.Float32, device).masked_fill_(hidden, float.NegativeInfinity).unsqueeze(0).unsqueeze(0);
    }

    // x / sqrt(mean(x²) + ε) · weight, in fp32.
    private Tensor RmsNorm(string name, Tensor x) =>
        x * x.square().mean([-1], keepdim: true).add(shape.NormEpsilon).rsqrt() * Weights[name + ".weight"];

    // What a sequence of one length needs: the angles of its positions, and what hides later ones.
    private sealed record Positions((Tensor Cosine, Tensor Sine) Rotation, Tensor? Bias);
}
