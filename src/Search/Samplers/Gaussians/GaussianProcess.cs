using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Nola.Search.Samplers.Gaussians;

/// <summary>
/// Regression by a Gaussian process with a Matérn 5/2 kernel that has a length per feature (Rasmussen and Williams, 2006, chapters 2 and 5).
/// </summary>
internal sealed class GaussianProcess
{
    private static readonly double RootFive = Math.Sqrt(5);
    private readonly IReadOnlyList<double[]> points;
    private readonly Cholesky<double> factor;
    private readonly Vector<double> solved;

    /// <param name="points">Features of the observations.</param>
    /// <param name="values">Their values, about zero and one wide.</param>
    /// <param name="scales">Lengths, signal and noise.</param>
    public GaussianProcess(IReadOnlyList<double[]> points, IReadOnlyList<double> values, Scales scales)
    {
        this.points = points;
        Scales = scales;
        factor = Covariance(points, scales).Cholesky();
        solved = factor.Solve(Vector<double>.Build.DenseOfEnumerable(values));
    }

    public Scales Scales { get; }

    /// <summary>Mean and standard deviation of the function at a point.</summary>
    public (double Mean, double Deviation) At(double[] point)
    {
        var to = new double[points.Count];
        for (var index = 0; index < to.Length; index++)
            to[index] = Kernel(Distance(points[index], point, Scales.Lengths), Scales.Signal);
        var mean = 0.0;
        for (var index = 0; index < to.Length; index++)
            mean += to[index] * solved[index];
        // Forward substitution in place: the variance lost is the square of L⁻¹k.
        var lower = Lower;
        var explained = 0.0;
        for (var row = 0; row < to.Length; row++)
        {
            var sum = to[row];
            var start = row * to.Length;
            for (var column = 0; column < row; column++)
                sum -= lower[start + column] * to[column];
            to[row] = sum / lower[start + row];
            explained += to[row] * to[row];
        }

        return (mean, Math.Sqrt(Math.Max(1e-12, Scales.Signal - explained)));
    }

    /// <summary>Scales that explain the values best: climbs the log posterior, whose priors keep lengths near the cube's and noise small, from a start.</summary>
    public static Scales Fit(IReadOnlyList<double[]> points, IReadOnlyList<double> values, Scales start, int steps)
    {
        // Sign-based steps (Riedmiller and Braun, 1993) need no line search and no tuning.
        var place = start.ToLogs();
        var (rates, before) = (place.Select(_ => 0.2).ToArray(), new double[place.Length]);
        var (best, highest) = (place, double.NegativeInfinity);
        for (var step = 0; step < steps; step++)
        {
            var (height, slope) = Posterior(points, values, Scales.FromLogs(place));
            if (height > highest)
                (best, highest) = ([.. place], height);
            for (var index = 0; index < place.Length; index++)
            {
                var agrees = slope[index] * before[index];
                rates[index] = Math.Clamp(rates[index] * (agrees > 0 ? 1.3 : agrees < 0 ? 0.5 : 1), 1e-3, 0.6);
                place[index] = Math.Clamp(place[index] + Math.Sign(slope[index]) * rates[index], -14, 8);
            }

            before = slope;
        }

        return Scales.FromLogs(best);
    }

    private double[] Lower => field ??= factor.Factor.ToRowMajorArray();

    private static (double Height, double[] Slope) Posterior(IReadOnlyList<double[]> points, IReadOnlyList<double> values, Scales scales)
    {
        var n = points.Count;
        var dimensions = scales.Lengths.Length;
        var slope = new double[dimensions + 2];
        Cholesky<double> factor;
        try
        {
            factor = Covariance(points, scales).Cholesky();
        }
        catch (ArgumentException)
        {
            return (double.NegativeInfinity, slope);
        }

        var y = Vector<double>.Build.DenseOfEnumerable(values);
        var alpha = factor.Solve(y).ToArray();
        var inverse = factor.Solve(Matrix<double>.Build.DenseIdentity(n)).ToColumnMajorArray();
        var height = -0.5 * factor.DeterminantLn;
        for (var row = 0; row < n; row++)
        {
            height -= 0.5 * values[row] * alpha[row];
            slope[^1] += 0.5 * (alpha[row] * alpha[row] - inverse[row * n + row]) * scales.Noise;
            for (var column = 0; column <= row; column++)
            {
                // ½ (αα' − K⁻¹), twice for the half of the matrix that is not visited.
                var weight = (row == column ? 0.5 : 1) * (alpha[row] * alpha[column] - inverse[row * n + column]);
                var distance = Distance(points[row], points[column], scales.Lengths);
                slope[^2] += weight * Kernel(distance, scales.Signal);
                var steep = weight * scales.Signal * 5 / 3 * (1 + RootFive * distance) * Math.Exp(-RootFive * distance);
                for (var axis = 0; axis < dimensions; axis++)
                {
                    var gap = (points[row][axis] - points[column][axis]) / scales.Lengths[axis];
                    slope[axis] += steep * gap * gap;
                }
            }
        }

        // Log-normal priors: lengths around half the cube times √n, signal around 1, noise around 1e-4.
        var logs = scales.ToLogs();
        for (var index = 0; index < logs.Length; index++)
        {
            var (mean, deviation) = index < dimensions ? (Math.Log(0.5 * Math.Sqrt(dimensions)), 1.2) : index == dimensions ? (0.0, 1.0) : (Math.Log(1e-4), 2.5);
            var off = (logs[index] - mean) / deviation;
            height -= 0.5 * off * off;
            slope[index] -= off / deviation;
        }

        return (height, slope);
    }

    private static Matrix<double> Covariance(IReadOnlyList<double[]> points, Scales scales)
    {
        var n = points.Count;
        var storage = new double[n * n];
        for (var row = 0; row < n; row++)
        {
            for (var column = 0; column < row; column++)
                storage[row * n + column] = storage[column * n + row] = Kernel(Distance(points[row], points[column], scales.Lengths), scales.Signal);
            storage[row * n + row] = scales.Signal + scales.Noise + 1e-8 * scales.Signal;
        }

        return Matrix<double>.Build.Dense(n, n, storage);
    }

    private static double Distance(double[] one, double[] other, double[] lengths)
    {
        var sum = 0.0;
        for (var axis = 0; axis < lengths.Length; axis++)
        {
            var gap = (one[axis] - other[axis]) / lengths[axis];
            sum += gap * gap;
        }

        return Math.Sqrt(sum);
    }

    private static double Kernel(double distance, double signal) => signal * (1 + RootFive * distance + 5.0 / 3 * distance * distance) * Math.Exp(-RootFive * distance);
}

/// <summary>What a Gaussian process is fitted by.</summary>
/// <param name="Lengths">Distance over which the function changes, per feature.</param>
/// <param name="Signal">Variance of the function.</param>
/// <param name="Noise">Variance of the noise on each value.</param>
internal sealed record Scales(double[] Lengths, double Signal, double Noise)
{
    public double[] ToLogs() => [.. Lengths.Select(length => Math.Log(length)), Math.Log(Signal), Math.Log(Noise)];

    public static Scales FromLogs(double[] logs) => new([.. logs[..^2].Select(log => Math.Exp(log))], Math.Exp(logs[^2]), Math.Exp(logs[^1]));
}
