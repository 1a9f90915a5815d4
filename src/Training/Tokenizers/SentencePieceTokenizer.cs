using System.Collections.Concurrent;
using System.Text;
using Nola.Training.Safetensors;

namespace Nola.Training.Tokenizers;

/// <summary>
/// The tokenizer of Llama 2, TinyLlama and Mistral: SentencePiece BPE. A space is put before every text, and characters without a piece are
/// written as bytes.
/// </summary>
/// <remarks>
/// The merging is our own: Microsoft.ML.Tokenizers 2.0.1 joins equally good pairs in another order than SentencePiece, and gives other ids for a
/// third of the test vectors.
/// </remarks>
public sealed class SentencePieceTokenizer : Tokenizer
{
    private const int MostWordsInMemory = 1 << 17;
    private const int LongestWordInMemory = 32;

    private readonly SentencePieceModel model;
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
    private readonly int[] bytes = new int[256]; // ids of the bytes' pieces
    private readonly Dictionary<int, byte> values = []; // and back
    private readonly int unknown;
    private readonly int? first;
    private readonly int? end;
    private readonly bool splitsAtSpaces; // whether no piece goes over the end of a word
    private readonly ConcurrentDictionary<string, int[]> words = new(StringComparer.Ordinal); // ids of the words met so far
    private int wordsInMemory;

    /// <param name="model">The vocabulary.</param>
    public SentencePieceTokenizer(SentencePieceModel model)
    {
        this.model = model;
        unknown = Math.Max(0, model.IndexOf(PieceKind.Unknown));
        foreach (var (id, piece) in model.Pieces.Index())
            if (piece.Kind == PieceKind.Normal)
                ids.TryAdd(piece.Text, id);
        for (var value = 0; value < bytes.Length; value++)
        {
            bytes[value] = model.IndexOf(SentencePieceModel.ByteName(value)) is >= 0 and var id ? id : unknown;
            values[bytes[value]] = (byte)value;
        }

        values.Remove(unknown);
        first = model.IndexOf("<s>") is >= 0 and var begin ? begin : null;
        end = model.IndexOf("</s>") is >= 0 and var stop ? stop : null;
        splitsAtSpaces = model.Pieces.All(piece => piece.Text.AsSpan().TrimStart(SentencePieceModel.Space).IndexOf(SentencePieceModel.Space) < 0);
        Padding = model.IndexOf("<pad>") is >= 0 and var padding ? padding : unknown;
    }

    public override int VocabularySize => model.Pieces.Count;

    /// <summary>Id of <c>&lt;pad&gt;</c>; where there is none, that of the unknown piece: the mask says what is padding.</summary>
    public override int Padding { get; }

    public override int? First => first;

    public override int? Separator => null;

    public override int? EndOfText => end;

    public override int? Mask => null;

    /// <summary>Reads tokenizer.model of a model folder, or its tokenizer.json where there is none.</summary>
    /// <exception cref="ModelFileException">There is neither, or what is there is none of SentencePiece BPE.</exception>
    public static new SentencePieceTokenizer Load(string folder)
    {
        var path = Path.Combine(folder, "tokenizer.model");
        return new(File.Exists(path) ? SentencePieceModel.Read(path) : SentencePieceModel.FromTokenizerJson(Path.Combine(folder, "tokenizer.json")));
    }

    public override IReadOnlyList<int> Encode(string text)
    {
        var written = Written(text);
        var known = words.GetAlternateLookup<ReadOnlySpan<char>>();
        var encoded = new List<int>((written.Length / 3) + 1);
        foreach (var (start, length) in Words(written))
        {
            var word = written.AsSpan(start, length);
            if (!known.TryGetValue(word, out var pieces))
            {
                pieces = [.. Tokens(written, start, length).Select(token => token.Id)];
                if (length <= LongestWordInMemory && wordsInMemory < MostWordsInMemory && known.TryAdd(word, pieces))
                    Interlocked.Increment(ref wordsInMemory);
            }

            encoded.AddRange(pieces);
        }

        return encoded;
    }

    public override IReadOnlyList<Token> Split(string text)
    {
        var written = Written(text);
        return [.. Words(written).SelectMany(word => Tokens(written, word.Start, word.Length))];
    }

    /// <summary>The text of ids. The space before a text is left out where the ids begin with <see cref="First"/>.</summary>
    public override string Decode(IEnumerable<int> ids)
    {
        var decoded = new List<byte>();
        var isStart = false;
        foreach (var id in ids)
        {
            if (values.TryGetValue(id, out var value))
            {
                decoded.Add(value);
            }
            else if (id >= 0 && id < model.Pieces.Count && model.Pieces[id] is { Kind: not PieceKind.Control } piece)
            {
                var text = piece.Text.Replace(SentencePieceModel.Space, ' ');
                decoded.AddRange(Encoding.UTF8.GetBytes(isStart && text.StartsWith(' ') ? text[1..] : text));
            }

            isStart = id == First;
        }

        return Encoding.UTF8.GetString([.. decoded]);
    }

    /// <summary>Each text of a pair begins with <see cref="First"/>, as in Hugging Face's tokenizer.</summary>
    public override int[] Join(IReadOnlyList<int> text, IReadOnlyList<int>? pair) => pair is null
        ? base.Join(text, null)
        : [.. base.Join(text, null), .. base.Join(pair, null)];

    public override bool IsSpecial(int id) => base.IsSpecial(id) || (id >= 0 && id < model.Pieces.Count && model.Pieces[id].Kind == PieceKind.Control);

    // A space first, and a sign for every space; so every place is one too large.
    private static string Written(string text) => text.Length == 0 ? "" : (SentencePieceModel.Space + text).Replace(' ', SentencePieceModel.Space);

    // Parts of a text that no piece goes over the ends of: words with the spaces before them.
    private IEnumerable<(int Start, int Length)> Words(string written)
    {
        var start = 0;
        for (var place = 1; splitsAtSpaces && place < written.Length; place++)
            if (written[place] == SentencePieceModel.Space && written[place - 1] != SentencePieceModel.Space)
            {
                yield return (start, place - start);
                start = place;
            }

        if (written.Length > 0)
            yield return (start, written.Length - start);
    }

    private IEnumerable<Token> Tokens(string written, int wordStart, int wordLength)
    {
        foreach (var (place, length) in Merge(written.Substring(wordStart, wordLength)))
        {
            var start = wordStart + place;
            var (from, to) = (Math.Max(0, start - 1), start + length - 1);
            if (ids.TryGetValue(written.Substring(start, length), out var id))
                yield return new(id, from, to);
            else
                foreach (var value in Encoding.UTF8.GetBytes(written, start, length))
                    yield return new(bytes[value], from, to);
        }
    }

    // The pieces of a text as places in it: starting from single characters, the neighbours whose joint piece has the highest score are joined, the
    // leftmost first of equals, until no two neighbours make a piece.
    private IEnumerable<(int Start, int Length)> Merge(string text)
    {
        var lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var next = new int[text.Length + 1]; // by the place where a symbol begins: where it ends
        var previous = new int[text.Length + 1]; // and where the one before it begins
        var queue = new PriorityQueue<(int Left, int Right, int End), (double, int)>();
        for (var place = 0; place < text.Length; place = next[place])
        {
            next[place] = place + (char.IsHighSurrogate(text[place]) && place + 1 < text.Length ? 2 : 1);
            previous[next[place]] = place;
        }

        for (var place = 0; place < text.Length; place = next[place])
            Offer(place);
        while (queue.TryDequeue(out var pair, out _))
        {
            if (next[pair.Left] != pair.Right || next[pair.Right] != pair.End)
                continue; // One of them is part of a longer symbol by now.
            next[pair.Left] = pair.End;
            next[pair.Right] = 0;
            previous[pair.End] = pair.Left;
            Offer(pair.Left);
            if (pair.Left > 0)
                Offer(previous[pair.Left]);
        }

        for (var place = 0; place < text.Length; place = next[place])
            yield return (place, next[place] - place);

        void Offer(int left)
        {
            var right = next[left];
            if (right < text.Length && lookup.TryGetValue(text.AsSpan(left, next[right] - left), out var id))
                queue.Enqueue((left, right, next[right]), (-model.Pieces[id].Score, left));
        }
    }
}
