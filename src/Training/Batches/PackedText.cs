namespace Nola.Training.Batches;

/// <summary>Documents as blocks of one length, for causal-lm.</summary>
public static class PackedText
{
    /// <summary>
    /// Documents one after another, each begun with <paramref name="first"/> and ended with <paramref name="end"/> where the vocabulary has them, cut
    /// into blocks of <paramref name="length"/> ids. Only the last block may be shorter; one with nothing to guess is left out. Lazy.
    /// </summary>
    public static IEnumerable<int[]> Pack(IEnumerable<IReadOnlyList<int>> documents, int length, int? first, int? end)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        return Blocks();

        IEnumerable<int[]> Blocks()
        {
            var open = new List<int>(length);
            foreach (var id in documents.SelectMany(WithEnds))
            {
                open.Add(id);
                if (open.Count < length)
                    continue;
                yield return [.. open];
                open.Clear();
            }

            if (open.Count > 1)
                yield return [.. open];
        }

        IEnumerable<int> WithEnds(IReadOnlyList<int> document)
        {
            if (first is { } begin)
                yield return begin;
            foreach (var id in document)
                yield return id;
            if (end is { } stop)
                yield return stop;
        }
    }
}
