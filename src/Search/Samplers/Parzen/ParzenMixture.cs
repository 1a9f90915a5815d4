using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Nola.Core.Searching;

namespace Nola.Search.Samplers.Parzen;

/// <summary>
/// A Parzen estimator over several parameters at once (Bergstra et al., NeurIPS 2011; Falkner et al., ICML 2018): a mixture of one kernel around
/// each observation and a wide prior. A kernel is a product: truncated normals over ranges, their masses over steps, smoothed counts over choices.
/// </summary>
internal sealed class ParzenMixture
{
    private const int Block = 256;
    private readonly ParzenKernels[] axes;
    private readonly double[] constant;
    private readonly double[] cumulative;
    private readonly double largest;
    private readonly double[][] masses;

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

        largest = constant.Max();
        masses = new double[axes.Length][];
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

    /// <summary>ln of the density at a point, given by its places; infinity as soon as it is certain to lie above a limit.</summary>
    /// <param name="point">A discrete place must be that of a value.</param>
    /// <param name="limit">Above it the density is not needed.</param>
    /// <remarks>
    /// Nothing that is added to the constants is above zero, so the largest of them keeps the exponentials from overflowing. A block of kernels stays in
    /// the nearest cache while one axis after the other is added.
    /// </remarks>
    public double LogDensity(ReadOnlySpan<double> point, double limit = double.PositiveInfinity)
    {
        var enough = Math.Exp(limit - largest);
        var sum = 0.0;
        Span<double> block = stackalloc double[Block];
        for (var index = 0; index < axes.Length; index++)
            masses[index] = axes[index].Kinds is { } kinds ? kinds.Column.LogMasses(Number(axes[index].Axis, point[index])) : [];
        for (var start = 0; start < constant.Length; start += Block)
        {
            var part = block[..Math.Min(Block, constant.Length - start)];
            constant.AsSpan(start, part.Length).CopyTo(part);
            for (var index = 0; index < axes.Length; index++)
            {
                var axis = axes[index];
                if (axis.Axis.Choices > 0)
                    AddChoice(axis, point[index], start, part);
                else if (axis.Kinds is { } kinds)
                    AddMass(masses[index], kinds.Of.AsSpan(start, part.Length), part);
                else
                    AddDensity(axis, point[index], start, part);
            }

            sum += SumOfExponentials(part);
            if (sum > enough)
                return double.PositiveInfinity;
        }

        return largest + Math.Log(sum);
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

    private static void AddChoice(ParzenKernels axis, double choice, int start, Span<double> part)
    {
        var each = 1.0 / axis.Means.Length;
        var all = 1 + axis.Axis.Choices * each;
        var (hit, miss) = (Math.Log((1 + each) / all), Math.Log(each / all));
        var means = axis.Means.AsSpan(start, part.Length);
        var (at, hits, misses) = (Vector256.Create(choice), Vector256.Create(hit), Vector256.Create(miss));
        var meanVectors = MemoryMarshal.Cast<double, Vector256<double>>(means);
        var sums = MemoryMarshal.Cast<double, Vector256<double>>(part)[..meanVectors.Length];
        for (var index = 0; index < sums.Length; index++)
            sums[index] += Vector256.ConditionalSelect(Vector256.Equals(meanVectors[index], at), hits, misses);
        for (var kernel = sums.Length * Vector256<double>.Count; kernel < part.Length; kernel++)
            part[kernel] += means[kernel] == choice ? hit : miss;
        // The prior, at the end of the last block, is even.
        if (start + part.Length == axis.Means.Length)
            part[^1] += -Math.Log(axis.Axis.Choices) - (means[^1] == choice ? hit : miss);
    }

    // Four at a time: one after another they would wait for their indices, and a check of every index costs as much as the sum.
    private static void AddMass(double[] masses, ReadOnlySpan<int> kinds, Span<double> part)
    {
        ref var table = ref MemoryMarshal.GetArrayDataReference(masses);
        var sums = MemoryMarshal.Cast<double, Vector256<double>>(part);
        var groups = MemoryMarshal.Cast<int, Vector128<int>>(kinds)[..sums.Length];
        for (var index = 0; index < sums.Length; index++)
        {
            var group = groups[index];
            sums[index] += Vector256.Create(
                Unsafe.Add(ref table, group[0]), Unsafe.Add(ref table, group[1]), Unsafe.Add(ref table, group[2]), Unsafe.Add(ref table, group[3]));
        }

        for (var kernel = sums.Length * Vector256<double>.Count; kernel < part.Length; kernel++)
            part[kernel] += masses[kinds[kernel]];
    }

    private static void AddDensity(ParzenKernels axis, double place, int start, Span<double> part)
    {
        var means = axis.Means.AsSpan(start, part.Length);
        var inverse = axis.Inverse.AsSpan(start, part.Length);
        var (at, minusHalf) = (Vector256.Create(place), Vector256.Create(-0.5));
        var meanVectors = MemoryMarshal.Cast<double, Vector256<double>>(means);
        var inverseVectors = MemoryMarshal.Cast<double, Vector256<double>>(inverse)[..meanVectors.Length];
        var sums = MemoryMarshal.Cast<double, Vector256<double>>(part)[..meanVectors.Length];
        for (var index = 0; index < sums.Length; index++)
        {
            var distance = (at - meanVectors[index]) * inverseVectors[index];
            sums[index] += distance * distance * minusHalf;
        }

        for (var kernel = sums.Length * Vector256<double>.Count; kernel < part.Length; kernel++)
        {
            var distance = (place - means[kernel]) * inverse[kernel];
            part[kernel] -= 0.5 * distance * distance;
        }
    }

    private double SumOfExponentials(ReadOnlySpan<double> part)
    {
        // Below −700 the vector exponential leaves its fast path, for numbers that add nothing.
        var (shift, floor, sums) = (Vector256.Create(largest), Vector256.Create(-700.0), Vector256<double>.Zero);
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(part);
        foreach (var vector in vectors)
            sums += Vector256.Exp(Vector256.Max(floor, vector - shift));
        var sum = Vector256.Sum(sums);
        foreach (var term in part[(vectors.Length * Vector256<double>.Count)..])
            sum += Math.Exp(term - largest);
        return sum;
    }
}
