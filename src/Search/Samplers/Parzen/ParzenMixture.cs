using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Nola.Search.Samplers.Parzen;

/// <summary>
/// A Parzen estimator over several parameters at once (Bergstra et al., NeurIPS 2011; Falkner et al., ICML 2018): a mixture of one kernel around
/// each observation and a wide prior. A kernel is a product: truncated normals over ranges, their masses over steps, smoothed counts over choices.
/// </summary>
internal sealed class ParzenMixture
{
    private const int Block = 64;
    private readonly ParzenKernels[] axes;
    private readonly double[] constant;
    private readonly double[] cumulative;
    private readonly double[] terms;
    private readonly ParzenKernels[] dense;
    private readonly double largest;

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
            constant[kernel] = weights[kernel] / sum;
        }

        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(constant.AsSpan());
        for (var index = 0; index < vectors.Length; index++)
            vectors[index] = Vector256.Log(vectors[index]);
        for (var kernel = vectors.Length * Vector256<double>.Count; kernel <= total; kernel++)
            constant[kernel] = Math.Log(constant[kernel]);

        var last = -1;
        foreach (var observation in observations)
            last = Math.Max(last, observation);
        var position = new int[last + 1];
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

        dense = [.. axes.Where(axis => axis.Axis.Choices == 0 && axis.Kinds is null)];
        largest = constant.Max();
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
        }

        return LogSum(point);
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

    // Nothing that is added to the constants is above zero, so the largest of them keeps the exponentials from overflowing. One pass over the kernels.
    private double LogSum(ReadOnlySpan<double> point)
    {
        var at = new double[dense.Length];
        var (found, count) = (0, terms.Length / Vector256<double>.Count * Vector256<double>.Count);
        for (var index = 0; index < axes.Length; index++)
        {
            if (found < dense.Length && ReferenceEquals(axes[index], dense[found]))
                at[found++] = point[index];
        }

        // Below −700 the vector exponential leaves its fast path, for numbers that add nothing.
        var (shift, minusHalf, floor, sums) = (Vector256.Create(largest), Vector256.Create(-0.5), Vector256.Create(-700.0), Vector256<double>.Zero);
        Span<Vector256<double>> block = stackalloc Vector256<double>[Block];
        for (var start = 0; start < count; start += Block * Vector256<double>.Count)
        {
            // A block of kernels stays in the nearest cache while one axis after the other is added.
            var part = block[..(Math.Min(Block * Vector256<double>.Count, count - start) / Vector256<double>.Count)];
            part.Clear();
            for (var axis = 0; axis < at.Length; axis++)
            {
                var place = Vector256.Create(at[axis]);
                var means = MemoryMarshal.Cast<double, Vector256<double>>(dense[axis].Means.AsSpan(start))[..part.Length];
                var inverse = MemoryMarshal.Cast<double, Vector256<double>>(dense[axis].Inverse.AsSpan(start))[..part.Length];
                for (var index = 0; index < part.Length; index++)
                {
                    var distance = (place - means[index]) * inverse[index];
                    part[index] += distance * distance;
                }
            }

            var constants = MemoryMarshal.Cast<double, Vector256<double>>(terms.AsSpan(start))[..part.Length];
            for (var index = 0; index < part.Length; index++)
                sums += Vector256.Exp(Vector256.Max(floor, part[index] * minusHalf + constants[index] - shift));
        }

        var sum = Vector256.Sum(sums);
        for (var kernel = count; kernel < terms.Length; kernel++)
        {
            var squares = 0.0;
            for (var axis = 0; axis < at.Length; axis++)
            {
                var distance = (at[axis] - dense[axis].Means[kernel]) * dense[axis].Inverse[kernel];
                squares += distance * distance;
            }

            sum += Math.Exp(terms[kernel] - 0.5 * squares - largest);
        }

        return largest + Math.Log(sum);
    }
}
