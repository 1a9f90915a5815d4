using System.Globalization;
using System.Text;

namespace Nola.Training.Tokenizers;

/// <summary>
/// Learns a SentencePiece BPE vocabulary: starting from single characters, the most frequent pair of neighbouring pieces becomes a new piece. A piece
/// is a space and letters, or symbols, or one digit, and never goes over the end of a word.
/// </summary>
/// <remarks>Deterministic, see <see cref="PairMerges"/>.</remarks>
public static class SentencePieceTrainer
{
    private const int LongestWord = 100;

    // Rarer characters are written as bytes, as in Llama's vocabulary.
    private const double CharacterCoverage = 0.9995;

    /// <summary>The vocabulary: special pieces and bytes first, then characters, then learned pieces in order of learning.</summary>
    /// <param name="texts">Training text.</param>
    /// <param name="size">Pieces wanted, at least 300; fewer come out when the text has no more pairs.</param>
    public static SentencePieceModel Train(IEnumerable<string> texts, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 300);
        var words = CountWords(texts);
        var first = SentencePieceModel.FirstPieces.Count;
        var alphabet = Alphabet(words, most: (size - first) / 2);
        var ids = alphabet.Select((character, index) => (character, id: first + index)).ToDictionary(item => item.character, item => item.id, StringComparer.Ordinal);
        List<string> vocabulary = [.. SentencePieceModel.FirstPieces.Select(piece => piece.Text), .. alphabet];
        var known = vocabulary.Count;
        PairMerges.Learn(vocabulary, Split(words, ids), size, string.Concat);
        return new([.. SentencePieceModel.FirstPieces, .. vocabulary.Skip(first).Select((piece, index) => new SentencePiece(piece, Math.Min(0, known - first - index), PieceKind.Normal))]);
    }

    private static SortedDictionary<string, long> CountWords(IEnumerable<string> texts)
    {
        var whole = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var word in texts.SelectMany(text => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))
            whole[word] = whole.GetValueOrDefault(word) + 1;
        var words = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (part, count) in whole.SelectMany(word => Parts(word.Key).Select(part => (part, word.Value))))
            if (part.Length <= LongestWord)
                words[part] = words.GetValueOrDefault(part) + count;
        return new(words, StringComparer.Ordinal);
    }

    // Runs of letters, single digits and runs of symbols; the first one with the space before the word.
    private static IEnumerable<string> Parts(string word)
    {
        var part = new StringBuilder().Append(SentencePieceModel.Space);
        int? last = null;
        foreach (var rune in word.EnumerateRunes())
        {
            var kind = KindOf(rune);
            if (last is { } before && (kind != before || kind == 1))
            {
                yield return part.ToString();
                part.Clear();
            }

            part.Append(rune);
            last = kind;
        }

        yield return part.ToString();
    }

    private static int KindOf(Rune rune) => Rune.IsDigit(rune) ? 1
        : Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark ? 0
        : 2;

    // The most frequent characters, until they cover the text.
    private static string[] Alphabet(SortedDictionary<string, long> words, int most)
    {
        var counts = words.SelectMany(word => word.Key.EnumerateRunes().Select(rune => (Character: rune.ToString(), Count: word.Value)))
            .GroupBy(item => item.Character, StringComparer.Ordinal).Select(group => (Character: group.Key, Count: group.Sum(item => item.Count)))
            .OrderByDescending(item => item.Count).ThenBy(item => item.Character, StringComparer.Ordinal).ToArray();
        var wanted = CharacterCoverage * counts.Sum(item => item.Count);
        var alphabet = new List<string>();
        double covered = 0;
        foreach (var (character, count) in counts.TakeWhile(_ => covered < wanted && alphabet.Count < most))
        {
            alphabet.Add(character);
            covered += count;
        }

        return [.. alphabet];
    }

    // Words with a character outside the alphabet teach nothing.
    private static IEnumerable<(int[] Pieces, long Count)> Split(SortedDictionary<string, long> words, Dictionary<string, int> ids) =>
        from word in words
        let pieces = word.Key.EnumerateRunes().Select(rune => ids.GetValueOrDefault(rune.ToString(), -1)).ToArray()
        where !pieces.Contains(-1)
        select (pieces, word.Value);
}
