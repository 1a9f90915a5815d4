namespace Nola.Core.Scoring;

/// <summary>
/// Metrics of named entities from tags in one of the IOB schemes, equal to seqeval's in its default mode: an entity counts as found when its type, its
/// first word and its last word are right. Always finite.
/// </summary>
public sealed class EntityMetrics
{
    private readonly SortedDictionary<string, Counts> types = new(StringComparer.Ordinal);
    private readonly long words;
    private readonly long right;

    /// <param name="actual">The true tags of each sentence, such as O, B-Disease, I-Disease.</param>
    /// <param name="predicted">The predicted tags of the same words.</param>
    /// <exception cref="ArgumentException">The two have different lengths.</exception>
    public EntityMetrics(IReadOnlyList<IReadOnlyList<string>> actual, IReadOnlyList<IReadOnlyList<string>> predicted)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(predicted.Count, actual.Count, nameof(predicted));
        for (var sentence = 0; sentence < actual.Count; sentence++)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(predicted[sentence].Count, actual[sentence].Count, nameof(predicted));
            words += actual[sentence].Count;
            right += actual[sentence].Zip(predicted[sentence]).Count(pair => pair.First == pair.Second);
            var truth = EntityTags.Entities(actual[sentence]).ToHashSet();
            var found = EntityTags.Entities(predicted[sentence]).ToHashSet();
            foreach (var entity in truth)
                Of(entity.Type).Actual++;
            foreach (var entity in found)
                Of(entity.Type).Predicted++;
            foreach (var entity in found.Where(truth.Contains))
                Of(entity.Type).Right++;
        }

        Counts Of(string type) => types.TryGetValue(type, out var counts) ? counts : types[type] = new();
    }

    /// <summary>Share of words whose tag is right; 0 without words.</summary>
    public double Accuracy => words == 0 ? 0 : (double)right / words;

    /// <summary>Precision over the entities of all types: the share of predicted entities that are right; 0 when none is predicted.</summary>
    public double Precision => Ratio(Sum(counts => counts.Right), Sum(counts => counts.Predicted));

    /// <summary>Recall over the entities of all types: the share of true entities that are found; 0 when there are none.</summary>
    public double Recall => Ratio(Sum(counts => counts.Right), Sum(counts => counts.Actual));

    /// <summary>F1 over the entities of all types.</summary>
    public double MicroF1 => Ratio(2 * Sum(counts => counts.Right), Sum(counts => counts.Predicted) + Sum(counts => counts.Actual));

    /// <summary>Mean F1 over the types that occur among the true or the predicted entities; 0 without any.</summary>
    public double MacroF1 => types.Values.Select(counts => counts.F1).DefaultIfEmpty(0).Average();

    /// <summary>Mean F1 over the types, weighted by how many true entities each has.</summary>
    public double WeightedF1 => Sum(counts => counts.Actual) is > 0 and var all ? types.Values.Sum(counts => counts.F1 * counts.Actual) / all : 0;

    /// <summary>F1 of each type that occurs, in the order of their names.</summary>
    public IEnumerable<KeyValuePair<string, double>> TypeF1 => types.Select(item => KeyValuePair.Create(item.Key, item.Value.F1));

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;

    private long Sum(Func<Counts, long> count) => types.Values.Sum(count);

    private sealed class Counts
    {
        public long Actual { get; set; }

        public long Predicted { get; set; }

        public long Right { get; set; }

        public double F1 => Ratio(2 * Right, Predicted + Actual);
    }
}
