namespace Nola.Training.Batches;

/// <summary>Seeded parts of a labelled split, as indices into it in ascending order.</summary>
public static class Subsets
{
    /// <summary>
    /// At most <paramref name="perClass"/> samples of each class. Subsets of one seed are nested: the 8-per-class set lies inside the 16-per-class set.
    /// </summary>
    public static int[] FewShot(IReadOnlyList<int> labels, int perClass, int seed) =>
        [.. ByClass(labels, seed, "few-shot").SelectMany(members => members.Take(perClass)).Order()];

    /// <summary>
    /// Holds out <paramref name="share"/> of every class: of a class with two samples or more at least one, of a single sample none.
    /// </summary>
    public static (int[] Kept, int[] HeldOut) Stratified(IReadOnlyList<int> labels, double share, int seed)
    {
        var heldOut = ByClass(labels, seed, "held-out")
            .SelectMany(members => members.Take(members.Length < 2 ? 0 : Math.Max(1, (int)Math.Round(members.Length * share))))
            .ToHashSet();
        return ([.. Enumerable.Range(0, labels.Count).Where(i => !heldOut.Contains(i))], [.. heldOut.Order()]);
    }

    private static IEnumerable<int[]> ByClass(IReadOnlyList<int> labels, int seed, string purpose)
    {
        foreach (var group in Enumerable.Range(0, labels.Count).GroupBy(i => labels[i]).OrderBy(group => group.Key))
        {
            var members = group.ToArray();
            Seeds.For(seed, purpose, group.Key).Shuffle(members);
            yield return members;
        }
    }
}
