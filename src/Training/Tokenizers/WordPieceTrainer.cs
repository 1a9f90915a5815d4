namespace Nola.Training.Tokenizers;

/// <summary>
/// Learns a WordPiece vocabulary: starting from single characters, the most frequent pair of neighbouring pieces becomes a new piece, until the
/// vocabulary is full. Pieces inside a word begin with <c>##</c>.
/// </summary>
/// <remarks>Deterministic, see <see cref="PairMerges"/>.</remarks>
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
        PairMerges.Learn(vocabulary, Split(words, ids), size, (left, right) => left + right[2..]);
        return vocabulary;
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
    private static IEnumerable<(int[] Pieces, long Count)> Split(SortedDictionary<string, long> words, Dictionary<string, int> ids) =>
        from word in words
        let pieces = word.Key.Select((character, index) => ids.GetValueOrDefault(index == 0 ? character.ToString() : "##" + character, -1)).ToArray()
        where !pieces.Contains(-1)
        select (pieces, word.Value);
}
