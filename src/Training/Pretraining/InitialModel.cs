using Nola.Training.Models;
using Nola.Training.Models.Bert;
using static TorchSharp.torch;

namespace Nola.Training.Pretraining;

/// <summary>
/// First values for a small BERT that is to learn from little text. From the usual random start such a model stays for a long time where it
/// predicts word frequencies only; these values let it use neighbouring words from the first step.
/// </summary>
/// <remarks>
/// Word embeddings come from positive pointwise mutual information and a truncated singular value decomposition (Levy and Goldberg,
/// NIPS 2014); positions are sinusoids in dimensions of their own; each head of the first layer looks at one fixed offset, because its query is
/// the key turned by that offset; the decoder's bias is the logarithm of the word frequencies.
/// </remarks>
public static class InitialModel
{
    private const int PositionDimensions = 32;
    private const double WordScale = 0.05;
    private const double PositionScale = 0.08;

    // Natural logarithm of the odds at the offset against elsewhere, about.
    private const double Sharpness = 6;

    private static readonly int[] Offsets = [-1, 1, -2, 2, -3, 3, -4, 4, -5, 5, -6, 6];

    /// <summary>Weights with masked-LM head and pooler for the shape, from token ids of the training text.</summary>
    /// <param name="shape">Its hidden size per head must be at least 32.</param>
    /// <param name="tokens">The training text as one run of ids.</param>
    public static Weights Create(BertConfiguration shape, int[] tokens)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        // With 256 dimensions a deviation of 0.02 makes layers that hardly change anything; 1/sqrt(hidden) keeps signals at size.
        var weights = Weights.Create(
            shape.BaseWeights().Concat(shape.HeadWeights(Head.MaskedLanguage, 0)).Concat(WeightShape.Linear("bert.pooler.dense", shape.HiddenSize, shape.HiddenSize)),
            deviation: 0.6 / Math.Sqrt(shape.HiddenSize));
        var frequencies = Frequencies(shape.VocabularySize, tokens);
        SetWords(weights, shape, WordVectors.FromText(tokens, shape.VocabularySize, shape.HiddenSize - PositionDimensions));
        SetPositions(weights, shape);
        SetFirstLayer(weights, shape);
        weights["cls.predictions.bias"] = frequencies.log();
        weights["cls.predictions.transform.dense.weight"] = eye(shape.HiddenSize) + (randn(shape.HiddenSize, shape.HiddenSize) * 0.02);
        weights["bert.embeddings.token_type_embeddings.weight"] = zeros(shape.TokenTypes, shape.HiddenSize);
        weights["bert.pooler.dense.weight"] = eye(shape.HiddenSize);
        return weights;
    }

    private static Tensor Frequencies(int vocabulary, int[] tokens)
    {
        var counts = new float[vocabulary];
        foreach (var token in tokens)
            counts[token]++;
        return (tensor(counts) + 1) / (tokens.Length + vocabulary);
    }

    // Word vectors in the last dimensions, scaled to one common deviation; the first dimensions stay free for positions.
    private static void SetWords(Weights weights, BertConfiguration shape, Tensor vectors)
    {
        var scaled = vectors / vectors.norm(1, keepdim: true).clamp(min: 1e-6) * (WordScale * Math.Sqrt(vectors.shape[1]));
        weights["bert.embeddings.word_embeddings.weight"] = cat([zeros(shape.VocabularySize, PositionDimensions), scaled], 1);
    }

    private static void SetPositions(Weights weights, BertConfiguration shape)
    {
        var angles = arange(shape.MaxPositions).to(ScalarType.Float32).unsqueeze(1) * Frequencies().unsqueeze(0); // [positions, 16]
        var waves = cat([angles.cos(), angles.sin()], 1) * PositionScale * Math.Sqrt(2);
        weights["bert.embeddings.position_embeddings.weight"] = cat([waves, zeros(shape.MaxPositions, shape.HiddenSize - PositionDimensions)], 1);
    }

    // Query at i = waves turned by the offset, key at j = waves: their product is Σ cos(ω(i + offset − j)), largest at j = i + offset.
    private static void SetFirstLayer(Weights weights, BertConfiguration shape)
    {
        const string Layer = "bert.encoder.layer.0.attention";
        var size = shape.HiddenSize / shape.Heads;
        var half = PositionDimensions / 2;
        // After the embeddings' norm a wave has this amplitude.
        var deviation = Math.Sqrt(((PositionDimensions * PositionScale * PositionScale) + ((shape.HiddenSize - PositionDimensions) * WordScale * WordScale)) / shape.HiddenSize);
        var amplitude = PositionScale * Math.Sqrt(2) / deviation;
        var gain = Math.Sqrt(Sharpness * Math.Sqrt(size) / (half * amplitude * amplitude));
        var query = zeros(shape.HiddenSize, shape.HiddenSize);
        var key = zeros(shape.HiddenSize, shape.HiddenSize);
        using var frequencies = Frequencies();
        for (var head = 0; head < shape.Heads; head++)
        {
            var turn = frequencies * Offsets[head % Offsets.Length];
            var (cos, sin) = (diag(turn.cos()) * gain, diag(turn.sin()) * gain);
            // (cos(a + t), sin(a + t)) from (cos a, sin a)
            query.narrow(0, head * size, PositionDimensions).narrow(1, 0, PositionDimensions).copy_(cat([cat([cos, -sin], 1), cat([sin, cos], 1)], 0));
            key.narrow(0, head * size, PositionDimensions).narrow(1, 0, PositionDimensions).copy_(eye(PositionDimensions) * gain);
        }

        weights[$"{Layer}.self.query.weight"] = query;
        weights[$"{Layer}.self.key.weight"] = key;
    }

    // Multiples of the golden section spread evenly over (0, π) and never repeat, so that no other distance looks like the offset.
    private static Tensor Frequencies() =>
        tensor(Enumerable.Range(1, PositionDimensions / 2).Select(index => (float)(Math.PI * (index * 0.6180339887498949 % 1))).ToArray());
}
