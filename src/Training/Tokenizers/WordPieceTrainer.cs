namespace Nola.Training.Tokenizers;

/// <summary>
/// Learns a WordPiece vocabulary: starting from single characters, the most frequent pair of neighbouring pieces becomes a new piece, until the
/// vocabulary is full. Pieces inside a word begin with <c>##</c>.
/// </summary>
/// <remarks>Deterministic: ties go to the pair that is first in ordinal order.</remarks>
public static class WordPieceTrainer
{
    private static readonly string[] SpecialTokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// <summary>The vocabulary, special tokens first, then characters, then learned pieces in order of learning.</summary>
    /// <param name="texts">Training text.</param>
    /// <param name="size">Tokens wanted; fewer come out when the text has no more pairs.</param>
    /// <param name="minCharacterCount">Rarer characters are left out of the alphabet; words with them become [UNK].</param>
    public static IReadOnlyList<string> Train(IEnumerable<string> texts, int size, long minCharacterCount = 30)
    {
        var words = CountWords(texts);
        var alphabet = words
            .SelectMany(word => word.Key.Select((character, index) => (Piece: index == 0 ? character.ToString() : "##" + character, word.Value)))
            .GroupBy(item => item.Piece).Where(group => group.Sum(item => item.Value) >= minCharacterCount)
            .Select(group => group.Key).Order(StringComparer.Ordinal).ToArray();
        var vocabulary = new List<string>(SpecialTokens.Concat(alphabet));
        var ids = vocabulary.Select((piece, id) => (piece, id)).ToDictionary(item => item.piece, item => item.id, StringComparer.Ordinal);

        var (pieces, counts) = Split(words, ids);
        var pairs = new Dictionary<(int, int), long>();
        var places = new Dictionary<(int, int), HashSet<int>>();
        for (var word = 0; word < pieces.Count; word++)
            AddPairs(pieces[word], word, counts[word], pairs, places);
        var queue = new PriorityQueue<(int Left, int Right, long Count), (long, string, string)>();
        foreach (var (pair, count) in pairs)
            Enqueue(pair, count);

        while (vocabulary.Count < size && queue.TryDequeue(out var best, out _))
        {
            var pair = (best.Left, best.Right);
            if (!pairs.TryGetValue(pair, out var count) || count != best.Count)
                continue; // An older count of this pair; the newer one is in the queue as well.
            var merged = vocabulary[best.Left] + vocabulary[best.Right][2..];
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

        return vocabulary;

        void Enqueue((int Left, int Right) pair, long count) => queue.Enqueue((pair.Left, pair.Right, count), (-count, vocabulary[pair.Left], vocabulary[pair.Right]));

        HashSet<(int, int)> Merge((int Left, int Right) pair, int id)
        {
            var changed = new HashSet<(int, int)>();
            foreach (var word in places[pair].ToArray())
            {
                var old = pieces[word];
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

                pieces[word] = [.. next];
                AddPairs(pieces[word], word, counts[word], pairs, places);
                changed.UnionWith(PairsOf(pieces[word]));
            }

            pairs.Remove(pair);
            changed.Remove(pair);
            return changed;
        }
    }

    private static SortedDictionary<string, long> CountWords(IEnumerable<string> texts)
    {
        var words = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var text in texts)
            foreach (var word in BertNormalizer.Normalize(text, lowerCase: true).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                if (word.Length <= 100)
                    words[word] = words.GetValueOrDefault(word) + 1;
        return new(words, StringComparer.Ordinal);
    }

    // Words with a character outside the alphabet teach nothing.
    private static (List<int[]> Pieces, List<long> Counts) Split(SortedDictionary<string, long> words, Dictionary<string, int> ids)
    {
        var pieces = new List<int[]>();
        var counts = new List<long>();
        foreach (var (word, count) in words)
        {
            var split = word.Select((character, index) => ids.GetValueOrDefault(index == 0 ? character.ToString() : "##" + character, -1)).ToArray();
            if (split.Contains(-1))
                continue;
            pieces.Add(split);
            counts.Add(count);
        }

        return (pieces, counts);
    }

    private static void AddPairs(int[] pieces, int word, long count, Dictionary<(int, int), long> pairs, Dictionary<(int, int), HashSet<int>> places)
    {
        foreach (var pair in PairsOf(pieces))
        {
            pairs[pair] = pairs.GetValueOrDefault(pair) + count;
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
