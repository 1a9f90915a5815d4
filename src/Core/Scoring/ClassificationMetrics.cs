namespace Nola.Core.Scoring;

/// <summary>
/// Metrics of a classifier from true classes, predicted classes and class probabilities, equal to scikit-learn's. Always finite.
/// </summary>
public sealed class ClassificationMetrics
{
    private readonly int[] truePositives;
    private readonly int[] predicted;
    private readonly int[] actual;
    private readonly int count;

    /// <param name="labels">The true class of each sample, from 0.</param>
    /// <param name="predictions">The predicted class of each sample.</param>
    /// <param name="classes">Number of classes.</param>
    public ClassificationMetrics(IReadOnlyList<int> labels, IReadOnlyList<int> predictions, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(predictions.Count, labels.Count, nameof(predictions));
        truePositives = new int[classes];
        predicted = new int[classes];
        actual = new int[classes];
        count = labels.Count;
        for (var i = 0; i < count; i++)
        {
            actual[labels[i]]++;
            predicted[predictions[i]]++;
            if (labels[i] == predictions[i])
                truePositives[labels[i]]++;
        }
    }

    /// <summary>Share of samples that are right; 0 without samples. For single labels it equals micro F1.</summary>
    public double Accuracy => count == 0 ? 0 : (double)truePositives.Sum() / count;

    /// <summary>Mean F1 over the classes that occur among the true or the predicted ones, as scikit-learn averages.</summary>
    public double MacroF1 => Present.Select(F1).DefaultIfEmpty(0).Average();

    /// <summary>Mean F1 weighted by how often each class is true.</summary>
    public double WeightedF1 => count == 0 ? 0 : Present.Sum(label => F1(label) * actual[label]) / count;

    /// <summary>Matthews' correlation coefficient for any number of classes (Gorodkin 2004); 0 when either side has one class only.</summary>
    public double MatthewsCorrelation
    {
        get
        {
            double samples = count, correct = truePositives.Sum();
            double cross = 0, squaresPredicted = 0, squaresActual = 0;
            for (var label = 0; label < actual.Length; label++)
            {
                cross += (double)predicted[label] * actual[label];
                squaresPredicted += (double)predicted[label] * predicted[label];
                squaresActual += (double)actual[label] * actual[label];
            }

            var scale = Math.Sqrt(((samples * samples) - squaresPredicted) * ((samples * samples) - squaresActual));
            return scale > 0 ? ((correct * samples) - cross) / scale : 0;
        }
    }

    private IEnumerable<int> Present => Enumerable.Range(0, actual.Length).Where(label => actual[label] + predicted[label] > 0);

    /// <summary>
    /// Area under the ROC curve, one class against the rest, averaged over the classes that have both positives and negatives;
    /// 0.5 when none has. Ties count half (Mann–Whitney).
    /// </summary>
    /// <param name="labels">The true class of each sample.</param>
    /// <param name="probabilities">[samples, classes] in rows; any score that rises with the probability serves.</param>
    /// <param name="classes">Number of classes.</param>
    public static double MacroAuroc(IReadOnlyList<int> labels, ReadOnlySpan<float> probabilities, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(probabilities.Length, labels.Count * classes, nameof(probabilities));
        var areas = new List<double>();
        var scores = new double[labels.Count];
        for (var label = 0; label < classes; label++)
        {
            for (var i = 0; i < scores.Length; i++)
                scores[i] = probabilities[(i * classes) + label];
            var positives = labels.Count(actual => actual == label);
            if (positives == 0 || positives == labels.Count)
                continue;
            var ranks = Ranks.Average(scores);
            double sum = 0;
            for (var i = 0; i < ranks.Length; i++)
                if (labels[i] == label)
                    sum += ranks[i];
            areas.Add((sum - (positives * (positives + 1.0) / 2)) / ((double)positives * (labels.Count - positives)));
        }

        return areas.Count == 0 ? 0.5 : areas.Average();
    }

    private double F1(int label) => 2.0 * truePositives[label] / (predicted[label] + actual[label]);
}
