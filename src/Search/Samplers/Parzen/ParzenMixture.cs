using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Nola.Search.Samplers.Parzen;

/// <summary>
/// A Parzen estimator over several parameters at once (Bergstra et al., NeurIPS 2011; Falkner et al., ICML 2018): a mixture of one kernel around
/// each observation and a wide prior. A kernel is a product: truncated normals over ranges, their masses over steps, smoothed counts over choices.
/// </summary>
internal sealed class ParzenMixture
{
    private readonly ParzenKernels[] axes;
    private readonly double[] constant;
    private readonly double[] cumulative;
    private readonly double[] terms;

    /// <summary>A mixture of observations and further points, weighted by age.</summary>
    /// <param name="columns">The parameters.</param>
    /// <param name="observations">Positions of observations in the columns, oldest first.</param>
    /// <param name="further">Further points, newer than all observations: their places in the order of the columns.</param>
    public ParzenMixture(IReadOnlyList<ParzenColumn> columns, ReadOnlySpan<int> observations, IReadOnlyList<double[]> further)
    {
        var total = observations.Length + further.Count;
        var weights = Weights(total);
        var sum = 0.0;
        foreach (var weight in weights)
            sum += weight;
        constant = new double[total + 1];
        cumulative = new double[total + 1];
        terms = new double[total + 1];
        var reached = 0.0;
        for (var kernel = 0; kernel <= total; kernel++)
        {
            cumulative[kernel] = reached += weights[kernel] / sum;
            constant[kernel] = Math.Log(weights[kernel] / sum);
        }

        var largest = -1;
        foreach (var observation in observations)
            largest = Math.Max(largest, observation);
        var position = new int[largest + 1];
        Array.Fill(position, -1);
        for (var index = 0; index < observations.Length; index++)
            position[observations[index]] = index;
        axes = new ParzenKernels[columns.Count];
        var places = new double[further.Count];
        for (var axis = 0; axis < axes.Length; axis++)
        {
            for (var index = 0; index < places.Length; index++)
                places[index] = further[index][axis];
            axes[axis] = columns[axis].Kernels(observations, places, position, constant);
        }
    }

    /// <summary>Means and widths per parameter, the prior last; for tests.</summary>
    public IReadOnlyList<ParzenKernels> Axes => axes;

    /// <summary>Weights by age, oldest first, and the prior's: all 1 below 25; else rising evenly from 1/n, the newest 25 being 1.</summary>
    public static double[] Weights(int observations)
    {
        var weights = new double[observations + 1];
        Array.Fill(weights, 1);
        var rising = observations - 25;
        for (var index = 0; index < rising; index++)
            weights[index] = rising == 1 ? 1.0 / observations : 1.0 / observations + index * ((1 - 1.0 / observations) / (rising - 1));
        return weights;
    }

    /// <summary>Draws a point; writes its places.</summary>
    public void Draw(ref SeededNumbers numbers, Span<double> point)
    {
        var kernel = Array.BinarySearch(cumulative, numbers.NextDouble());
        kernel = Math.Min(kernel < 0 ? ~kernel : kernel + 1, cumulative.Length - 1);
        for (var index = 0; index < axes.Length; index++)
            point[index] = Draw(axes[index], kernel, numbers.NextDouble());
    }

    /// <summary>ln of the density at a point, given by its places. A discrete place must be that of a value.</summary>
    public double LogDensity(ReadOnlySpan<double> point)
    {
        constant.CopyTo(terms, 0);
        for (var index = 0; index < axes.Length; index++)
        {
            var axis = axes[index];
            if (axis.Axis.Choices > 0)
                AddChoice(axis, point[index]);
            else if (axis.Kinds is { } kinds)
                AddMass(kinds.Column.LogMasses(Number(axis.Axis, point[index])), kinds.Of);
            else
                AddDensity(axis, point[index]);
        }

        return LogSum();
    }

    private static double Draw(ParzenKernels axis, int kernel, double share)
    {
        var isPrior = kernel == axis.Means.Length - 1;
        if (axis.Axis.Choices is var choices and > 0)
        {
            // Among n + 1 kernels each choice has 1/(n + 1), the observed one 1 more.
            var each = 1.0 / axis.Means.Length;
            var own = 1 / (1 + choices * each);
            return !isPrior && share < own ? axis.Means[kernel] : Math.Min(choices - 1, Math.Floor((isPrior ? share : (share - own) / (1 - own)) * choices));
        }

        var (mean, width) = (axis.Means[kernel], 1 / axis.Inverse[kernel]);
        var from = Gaussian.Below((axis.Axis.Low - mean) / width);
        var to = Gaussian.Below((axis.Axis.High - mean) / width);
        var place = Math.Clamp(mean + width * Gaussian.PointBelow(from + share * (to - from)), axis.Axis.Low, axis.Axis.High);
        return axis.Axis.IsDiscrete ? axis.Axis.PlaceOf(axis.Axis.ValueAt(place)) : place;
    }

    // The value itself, not its place sent through logarithm and back.
    private static double Number(ParzenAxis axis, double place) => axis.ValueAt(place).AsNumber();

    private void AddChoice(ParzenKernels axis, double choice)
    {
        var each = 1.0 / axis.Means.Length;
        var all = 1 + axis.Axis.Choices * each;
        var (hit, miss) = (Math.Log((1 + each) / all), Math.Log(each / all));
        var means = axis.Means.AsSpan(0, terms.Length - 1);
        var sums = terms.AsSpan(0, terms.Length - 1);
        var (wanted, hits, misses) = (Vector256.Create(choice), Vector256.Create(hit), Vector256.Create(miss));
        var meanVectors = MemoryMarshal.Cast<double, Vector256<double>>(means);
        var sumVectors = MemoryMarshal.Cast<double, Vector256<double>>(sums);
        for (var index = 0; index < sumVectors.Length; index++)
            sumVectors[index] += Vector256.ConditionalSelect(Vector256.Equals(meanVectors[index], wanted), hits, misses);
        for (var index = sumVectors.Length * Vector256<double>.Count; index < sums.Length; index++)
            sums[index] += means[index] == choice ? hit : miss;
        terms[^1] -= Math.Log(axis.Axis.Choices);
    }

    private void AddMass(ReadOnlySpan<double> masses, int[] kinds)
    {
        for (var kernel = 0; kernel < kinds.Length; kernel++)
            terms[kernel] += masses[kinds[kernel]];
    }

    private void AddDensity(ParzenKernels axis, double place)
    {
        var (at, minusHalf) = (Vector256.Create(place), Vector256.Create(-0.5));
        var means = MemoryMarshal.Cast<double, Vector256<double>>(axis.Means);
        var inverse = MemoryMarshal.Cast<double, Vector256<double>>(axis.Inverse);
        var sums = MemoryMarshal.Cast<double, Vector256<double>>(terms.AsSpan());
        for (var index = 0; index < sums.Length; index++)
        {
            var distance = (at - means[index]) * inverse[index];
            sums[index] += distance * distance * minusHalf;
        }

        for (var kernel = sums.Length * Vector256<double>.Count; kernel < terms.Length; kernel++)
        {
            var distance = (place - axis.Means[kernel]) * axis.Inverse[kernel];
            terms[kernel] -= 0.5 * distance * distance;
        }
    }

    private double LogSum()
    {
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(terms.AsSpan());
        var rest = terms.AsSpan(vectors.Length * Vector256<double>.Count);
        var largest = double.NegativeInfinity;
        var top = Vector256.Create(double.NegativeInfinity);
        foreach (var vector in vectors)
            top = Vector256.Max(top, vector);
        for (var lane = 0; lane < Vector256<double>.Count; lane++)
            largest = Math.Max(largest, top[lane]);
        foreach (var term in rest)
            largest = Math.Max(largest, term);
        if (double.IsNegativeInfinity(largest))
            return largest;
        var (shift, sums) = (Vector256.Create(largest), Vector256<double>.Zero);
        foreach (var vector in vectors)
            sums += Vector256.Exp(vector - shift);
        var sum = Vector256.Sum(sums);
        foreach (var term in rest)
            sum += Math.Exp(term - largest);
        return largest + Math.Log(sum);
    }
}
