using Nola.Training.Tokenizers;

namespace Nola.Training.Batches;

/// <summary>Words of a sentence as one sequence of ids, aligned: the first token of each word carries its label.</summary>
/// <param name="Ids">The sequence with its special tokens.</param>
/// <param name="Labels">A label for every id; <see cref="NoLabel"/> for special tokens and for all but the first token of a word.</param>
/// <param name="Words">Each word's index in the sentence, and the position of its first token in the sequence.</param>
public sealed record EncodedWords(int[] Ids, int[] Labels, IReadOnlyList<(int Word, int Position)> Words)
{
    /// <summary>The label of tokens that take no part in the loss.</summary>
    public const int NoLabel = -100;

    /// <summary>The sequence without its labels.</summary>
    public EncodedText Text => new(Ids, Ids.Length, NoLabel);

    /// <summary>
    /// The words as one sequence or, where they have more tokens than <paramref name="maxLength"/> leaves room for, as several, cut between words where that
    /// is possible. Words without tokens, such as control characters, are in none.
    /// </summary>
    /// <param name="tokenizer">Reads the words with single spaces between them, as running text.</param>
    /// <param name="words">None of them has a space in it.</param>
    /// <param name="maxLength">Longest sequence in tokens, special tokens included.</param>
    /// <param name="labelOf">The label of a word by its index.</param>
    public static IEnumerable<EncodedWords> Encode(Tokenizer tokenizer, IReadOnlyList<string> words, int maxLength, Func<int, int> labelOf)
    {
        var room = maxLength - tokenizer.Join([], null).Length;
        ArgumentOutOfRangeException.ThrowIfLessThan(room, 1, nameof(maxLength));
        var tokens = tokenizer.Split(string.Join(' ', words));
        var owners = Owners(words, tokens);
        for (var start = 0; start < tokens.Count;)
        {
            var end = Math.Min(start + room, tokens.Count);
            var cut = end;
            while (cut < tokens.Count && cut > start && owners[cut] == owners[cut - 1])
                cut--;
            end = cut > start ? cut : end; // a word that fills a whole sequence is cut inside
            yield return Sequence(tokenizer, tokens, owners, start, end, labelOf);
            start = end;
        }
    }

    // The word in which each token begins.
    private static int[] Owners(IReadOnlyList<string> words, IReadOnlyList<Token> tokens)
    {
        var owners = new int[tokens.Count];
        var (word, end) = (0, words[0].Length); // the index behind the word's last character
        for (var token = 0; token < tokens.Count; token++)
        {
            while (word < words.Count - 1 && tokens[token].Start >= end)
                end += 1 + words[++word].Length;
            owners[token] = word;
        }

        return owners;
    }

    private static EncodedWords Sequence(Tokenizer tokenizer, IReadOnlyList<Token> tokens, int[] owners, int start, int end, Func<int, int> labelOf)
    {
        int[] ids = tokenizer.Join([.. tokens.Skip(start).Take(end - start).Select(token => token.Id)], null);
        var shift = tokenizer.First is null ? 0 : 1;
        var labels = new int[ids.Length];
        Array.Fill(labels, NoLabel);
        var words = new List<(int, int)>();
        for (var token = start; token < end; token++)
        {
            if (token > 0 && owners[token - 1] == owners[token])
                continue;
            labels[token - start + shift] = labelOf(owners[token]);
            words.Add((owners[token], token - start + shift));
        }

        return new(ids, labels, words);
    }
}
