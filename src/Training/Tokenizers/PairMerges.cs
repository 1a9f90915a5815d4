namespace Nola.Training.Tokenizers;

/// <summary>
/// Byte-pair encoding (Gage 1994; Sennrich et al., arXiv 1508.07909): the most frequent pair of neighbouring pieces becomes a new piece, until the
/// vocabulary is full.
/// </summary>
/// <remarks>Deterministic: ties go to the pair that is first in ordinal order.</remarks>
internal sealed class PairMerges
{
    private readonly List<string> vocabulary;
    private readonly Func<string, string, string> join;
    private readonly List<int[]> words = [];
    private readonly List<long> counts = [];
    private readonly Dictionary<(int Left, int Right), long> pairs = [];
    private readonly Dictionary<(int Left, int Right), HashSet<int>> places = []; // words that have the pair

    private PairMerges(List<string> vocabulary, IEnumerable<(int[] Pieces, long Count)> words, Func<string, string, string> join)
    {
        this.vocabulary = vocabulary;
        this.join = join;
        foreach (var (pieces, count) in words)
        {
            this.words.Add(pieces);
            counts.Add(count);
            AddPairs(this.words.Count - 1);
        }
    }

    /// <summary>Adds learned pieces to a vocabulary, in order of learning.</summary>
    /// <param name="vocabulary">The pieces to begin with.</param>
    /// <param name="words">Each word as numbers of those pieces, and how often it occurs.</param>
    /// <param name="size">Pieces wanted; fewer come out when there are no more pairs.</param>
    /// <param name="join">The text of two neighbours as one piece.</param>
    public static void Learn(List<string> vocabulary, IEnumerable<(int[] Pieces, long Count)> words, int size, Func<string, string, string> join) =>
        new PairMerges(vocabulary, words, join).Learn(size);

    private void Learn(int size)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (id, piece) in vocabulary.Index())
            ids.TryAdd(piece, id);
        var queue = new PriorityQueue<(int Left, int Right, long Count), (long, string, string)>();
        foreach (var (pair, count) in pairs)
            Enqueue(pair, count);
        while (vocabulary.Count < size && queue.TryDequeue(out var best, out _))
        {
            var pair = (best.Left, best.Right);
            if (!pairs.TryGetValue(pair, out var count) || count != best.Count)
                continue; // An older count of this pair; the newer one is in the queue as well.
            var merged = join(vocabulary[best.Left], vocabulary[best.Right]);
            if (!ids.TryGetValue(merged, out var id))
            {
                id = vocabulary.Count;
                ids[merged] = id;
                vocabulary.Add(merged);
            }

            foreach (var changed in Merge(pair, id))
                if (pairs.TryGetValue(changed, out var now) && now > 0)
                    Enqueue(changed, now);
        }

        void Enqueue((int Left, int Right) pair, long count) => queue.Enqueue((pair.Left, pair.Right, count), (-count, vocabulary[pair.Left], vocabulary[pair.Right]));
    }

    // Returns the pairs whose counts have changed.
    private HashSet<(int, int)> Merge((int Left, int Right) pair, int id)
    {
        var changed = new HashSet<(int, int)>();
        foreach (var word in places[pair].ToArray())
        {
            var old = words[word];
            foreach (var item in PairsOf(old))
            {
                pairs[item] -= counts[word];
                places[item].Remove(word);
                changed.Add(item);
            }

            var next = new List<int>(old.Length);
            for (var index = 0; index < old.Length; index++)
                if (index + 1 < old.Length && old[index] == pair.Left && old[index + 1] == pair.Right)
                {
                    next.Add(id);
                    index++;
                }
                else
                {
                    next.Add(old[index]);
                }

            words[word] = [.. next];
            AddPairs(word);
            changed.UnionWith(PairsOf(words[word]));
        }

        pairs.Remove(pair);
        changed.Remove(pair);
        return changed;
    }

    private void AddPairs(int word)
    {
        foreach (var pair in PairsOf(words[word]))
        {
            pairs[pair] = pairs.GetValueOrDefault(pair) + counts[word];
            if (!places.TryGetValue(pair, out var list))
                places[pair] = list = [];
            list.Add(word);
        }
    }

    private static IEnumerable<(int, int)> PairsOf(int[] pieces)
    {
        for (var index = 0; index + 1 < pieces.Length; index++)
            yield return (pieces[index], pieces[index + 1]);
    }
}
