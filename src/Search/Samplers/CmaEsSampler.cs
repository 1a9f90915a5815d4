using MathNet.Numerics.LinearAlgebra;
using Nola.Core.Searching;
using Nola.Search.Spaces;

namespace Nola.Search.Samplers;

/// <summary>
/// CMA-ES (Hansen, "The CMA evolution strategy: a tutorial", arXiv 1604.00772): draws from a normal distribution whose mean and covariance follow the
/// best of each generation. For spaces of ranges; lists of values and conditional parameters are drawn at random.
/// </summary>
/// <remarks>
/// A generation is the next λ = 4 + ⌊3 ln n⌋ results to arrive, so nothing waits for the slowest. Ranges are the unit cube; it begins in the middle
/// with a step of 1/6. Pruned and failed results are left out; diverged ones are the worst.
/// </remarks>
public sealed class CmaEsSampler : ISampler
{
    private const int Redraws = 100;
    private readonly ParameterTree tree;
    private readonly TriedPoints tried;
    private readonly UnitCube cube;
    private readonly int seed;
    private readonly List<(double[] Point, double Value)> generation = [];
    private readonly int size;
    private readonly double[] weights;
    private readonly double effective, sigmaGain, sigmaDamping, pathGain, rankOne, rankMany, expectedNorm;
    private Vector<double> mean, sigmaPath, path;
    private Matrix<double> covariance, axes;
    private Vector<double> lengths;
    private double sigma = 1.0 / 6;
    private int generations;

    public CmaEsSampler(SearchSpace space, int seed)
    {
        this.seed = seed;
        tree = new(space);
        tried = new(tree);
        cube = new(tree);
        var n = Math.Max(1, cube.Dimensions);
        size = 4 + (int)(3 * Math.Log(n));
        var parents = size / 2;
        weights = [.. Enumerable.Range(0, parents).Select(rank => Math.Log((size + 1) / 2.0) - Math.Log(rank + 1))];
        var sum = weights.Sum();
        for (var rank = 0; rank < parents; rank++)
            weights[rank] /= sum;
        effective = 1 / weights.Sum(weight => weight * weight);
        pathGain = (4 + effective / n) / (n + 4 + 2 * effective / n);
        sigmaGain = (effective + 2) / (n + effective + 5);
        rankOne = 2 / (Math.Pow(n + 1.3, 2) + effective);
        rankMany = Math.Min(1 - rankOne, 2 * (effective - 2 + 1 / effective) / (Math.Pow(n + 2, 2) + effective));
        sigmaDamping = 1 + 2 * Math.Max(0, Math.Sqrt((effective - 1) / (n + 1)) - 1) + sigmaGain;
        expectedNorm = Math.Sqrt(n) * (1 - 1 / (4.0 * n) + 1 / (21.0 * n * n));
        mean = Vector<double>.Build.Dense(n, 0.5);
        sigmaPath = Vector<double>.Build.Dense(n);
        path = Vector<double>.Build.Dense(n);
        covariance = Matrix<double>.Build.DenseIdentity(n);
        axes = Matrix<double>.Build.DenseIdentity(n);
        lengths = Vector<double>.Build.Dense(n, 1);
    }

    /// <inheritdoc/>
    public long? Size => null;

    /// <inheritdoc/>
    public bool Learns => true;

    /// <inheritdoc/>
    public void Update(Observation observation)
    {
        tried.Add(observation.Parameters);
        var value = observation switch
        {
            { Violation: > 0 } => double.MaxValue,
            { State: ObservationState.Completed, Value: { } known } when !double.IsNaN(known) => known,
            { State: ObservationState.Diverged } => double.MaxValue,
            _ => double.NaN,
        };
        if (cube.Dimensions == 0 || double.IsNaN(value) || cube.Coordinates(observation.Parameters) is not { } point)
            return;
        generation.Add((point, value));
        if (generation.Count < size)
            return;
        Learn([.. generation.OrderBy(item => item.Value).Take(weights.Length).Select(item => Vector<double>.Build.Dense(item.Point))]);
        generation.Clear();
    }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, ParameterValue>? Suggest(int number, IReadOnlyCollection<PendingSuggestion> pending)
    {
        var numbers = SeededNumbers.For(seed, number);
        return tried.Choose(pending, ref numbers, (ref numbers) => cube.Point(Draw(ref numbers), ref numbers));
    }

    // Inside the cube: drawn again until it is, and cut off when that does not help.
    private double[] Draw(ref SeededNumbers numbers)
    {
        var point = mean;
        for (var time = 0; time < Redraws; time++)
        {
            var normal = Vector<double>.Build.Dense(mean.Count);
            for (var axis = 0; axis < normal.Count; axis++)
                normal[axis] = lengths[axis] * numbers.NextNormal();
            point = mean + sigma * (axes * normal);
            if (point.All(coordinate => coordinate is >= 0 and <= 1))
                break;
        }

        return point.ToArray();
    }

    private void Learn(Vector<double>[] best)
    {
        generations++;
        var steps = best.Select(point => (point - mean) / sigma).ToArray();
        var step = Vector<double>.Build.Dense(mean.Count);
        for (var rank = 0; rank < steps.Length; rank++)
            step += weights[rank] * steps[rank];
        mean += sigma * step;
        var white = axes * (axes.TransposeThisAndMultiply(step)).PointwiseDivide(lengths);
        sigmaPath = (1 - sigmaGain) * sigmaPath + Math.Sqrt(sigmaGain * (2 - sigmaGain) * effective) * white;
        var norm = sigmaPath.L2Norm();
        var isShort = norm / Math.Sqrt(1 - Math.Pow(1 - sigmaGain, 2 * generations)) / expectedNorm < 1.4 + 2.0 / (mean.Count + 1);
        path = (1 - pathGain) * path + (isShort ? Math.Sqrt(pathGain * (2 - pathGain) * effective) : 0) * step;
        covariance *= 1 - rankOne - rankMany + (isShort ? 0 : rankOne * pathGain * (2 - pathGain));
        covariance += rankOne * path.OuterProduct(path);
        for (var rank = 0; rank < steps.Length; rank++)
            covariance += rankMany * weights[rank] * steps[rank].OuterProduct(steps[rank]);
        sigma = Math.Clamp(sigma * Math.Exp(sigmaGain / sigmaDamping * (norm / expectedNorm - 1)), 1e-12, 1);
        var split = covariance.Evd(Symmetricity.Symmetric);
        axes = split.EigenVectors;
        lengths = split.EigenValues.Map(value => Math.Sqrt(Math.Max(value.Real, 1e-20)));
    }
}
