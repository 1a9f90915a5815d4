using static TorchSharp.torch;

namespace Nola.Training.Pretraining;

/// <summary>Word vectors from co-occurrence: shifted-free positive PMI with smoothed context counts, then truncated SVD.</summary>
public static class WordVectors
{
    private const int Window = 5;
    private const double ContextSmoothing = 0.75;

    /// <summary>Vectors [vocabulary, dimensions] = U·√S of the PPMI matrix of the ids within a window of five.</summary>
    public static Tensor FromText(int[] tokens, int vocabulary, int dimensions)
    {
        using var scope = NewDisposeScope();
        var counts = new float[vocabulary * vocabulary];
        for (var index = 0; index < tokens.Length; index++)
            for (var distance = 1; distance <= Window && index + distance < tokens.Length; distance++)
            {
                var (a, b) = (tokens[index], tokens[index + distance]);
                var weight = 1f / distance;
                counts[(a * vocabulary) + b] += weight;
                counts[(b * vocabulary) + a] += weight;
            }

        var matrix = tensor(counts, [vocabulary, vocabulary]);
        var words = matrix.sum(1);
        var contexts = words.pow(ContextSmoothing);
        // PPMI = max(0, log(p(w, c) / (p(w)·p(c))))
        var expected = words.unsqueeze(1) * (contexts / contexts.sum()).unsqueeze(0);
        var ppmi = (matrix / expected.clamp_(min: 1e-12)).clamp_(min: 1).log_();
        // Randomised range finder with power iterations (Halko, Martinsson and Tropp, arXiv 0909.4061).
        var basis = randn(vocabulary, dimensions + 16);
        for (var round = 0; round < 5; round++)
        {
            (basis, _) = linalg.qr(ppmi.matmul(basis));
            (basis, _) = linalg.qr(ppmi.t().matmul(basis));
        }

        var (left, values, _) = linalg.svd(ppmi.matmul(basis), fullMatrices: false);
        return (left.narrow(1, 0, dimensions) * values.narrow(0, 0, dimensions).sqrt()).MoveToOuterDisposeScope();
    }
}
