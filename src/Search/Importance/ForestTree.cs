using Nola.Core.Searching;

namespace Nola.Search.Importance;

/// <summary>A regression tree over boxes, grown until every leaf has one value (Breiman, "Random forests", 2001).</summary>
internal sealed class ForestTree
{
    private const int MostDepth = 64;
    private readonly (double Low, double High)[] bounds;
    private readonly List<(double Volume, double Value, (double Low, double High)[] Box)> leaves = [];

    /// <param name="points">Features of all results.</param>
    /// <param name="values">Their values.</param>
    /// <param name="sample">The results that this tree grows from, with repetitions.</param>
    /// <param name="bounds">Range of each feature.</param>
    /// <param name="numbers">Order in which features are tried; equal gains go to the first.</param>
    public ForestTree(double[][] points, double[] values, int[] sample, (double Low, double High)[] bounds, ref SeededNumbers numbers)
    {
        this.bounds = bounds;
        Grow(points, values, sample, bounds, 0, ref numbers);
        Mean = leaves.Sum(leaf => leaf.Volume * leaf.Value);
        Variance = leaves.Sum(leaf => leaf.Volume * Math.Pow(leaf.Value - Mean, 2));
    }

    /// <summary>Mean over the whole space, each leaf weighing by its volume.</summary>
    public double Mean { get; }

    /// <summary>Variance over the whole space.</summary>
    public double Variance { get; }

    /// <summary>Variance of the mean over all other features, as a function of these. Features of one list are exclusive: exactly one of them is 1.</summary>
    public double VarianceOf(int[] features) => features.Length == 1 ? OfRange(features[0]) : OfChoices(features);

    private double OfRange(int feature)
    {
        var (low, high) = bounds[feature];
        var cuts = leaves.SelectMany(leaf => new[] { leaf.Box[feature].Low, leaf.Box[feature].High }).Distinct().Order().ToArray();
        var variance = 0.0;
        for (var index = 0; index + 1 < cuts.Length; index++)
        {
            var middle = (cuts[index] + cuts[index + 1]) / 2;
            var mean = leaves.Where(leaf => leaf.Box[feature].Low <= middle && middle < leaf.Box[feature].High)
                .Sum(leaf => leaf.Volume * leaf.Value * (high - low) / (leaf.Box[feature].High - leaf.Box[feature].Low));
            variance += (cuts[index + 1] - cuts[index]) / (high - low) * Math.Pow(mean - Mean, 2);
        }

        return variance;
    }

    private double OfChoices(int[] features)
    {
        var means = new double[features.Length];
        for (var choice = 0; choice < features.Length; choice++)
        {
            var (sum, weight) = (0.0, 0.0);
            foreach (var (volume, value, box) in leaves)
            {
                var share = volume;
                for (var index = 0; index < features.Length && share > 0; index++)
                {
                    var (low, high) = box[features[index]];
                    var place = index == choice ? 1 : 0;
                    share = place >= low && place <= high ? share / (high - low) : 0;
                }

                sum += share * value;
                weight += share;
            }

            means[choice] = sum / weight;
        }

        var mean = means.Average();
        return means.Average(value => Math.Pow(value - mean, 2));
    }

    private void Grow(double[][] points, double[] values, int[] sample, (double Low, double High)[] box, int depth, ref SeededNumbers numbers)
    {
        if (depth < MostDepth && sample.Length >= 2 && Split(points, values, sample, ref numbers) is var (feature, cut) && feature >= 0)
        {
            foreach (var isLower in new[] { true, false })
            {
                var part = ((double Low, double High)[])box.Clone();
                part[feature] = isLower ? (box[feature].Low, cut) : (cut, box[feature].High);
                Grow(points, values, [.. sample.Where(index => points[index][feature] <= cut == isLower)], part, depth + 1, ref numbers);
            }

            return;
        }

        var volume = 1.0;
        for (var axis = 0; axis < box.Length; axis++)
            volume *= (box[axis].High - box[axis].Low) / (bounds[axis].High - bounds[axis].Low);
        leaves.Add((volume, sample.Average(index => values[index]), box));
    }

    // The cut in the middle of two neighbours that lowers the sum of squares most.
    private static (int Feature, double Cut) Split(double[][] points, double[] values, int[] sample, ref SeededNumbers numbers)
    {
        var (best, most) = ((-1, 0.0), 1e-12);
        var all = sample.Sum(index => values[index]);
        var order = Enumerable.Range(0, points[0].Length).ToArray();
        for (var index = order.Length - 1; index > 0; index--)
        {
            var other = (int)numbers.NextIndex(index + 1);
            (order[index], order[other]) = (order[other], order[index]);
        }

        foreach (var feature in order)
        {
            var sorted = sample.OrderBy(index => points[index][feature]).ToArray();
            var sum = 0.0;
            for (var count = 1; count < sorted.Length; count++)
            {
                sum += values[sorted[count - 1]];
                var (left, right) = (points[sorted[count - 1]][feature], points[sorted[count]][feature]);
                if (left == right)
                    continue;
                var gain = sum * sum / count + (all - sum) * (all - sum) / (sorted.Length - count) - all * all / sorted.Length;
                if (gain > most)
                    (best, most) = ((feature, (left + right) / 2), gain);
            }
        }

        return best;
    }
}
