using Nola.Core.Experiments;
using Nola.Training.Safetensors;
using Nola.Training.Tokenizers.ByteLevel;

namespace Nola.Training.Tokenizers;

/// <summary>Turns text into the token numbers of a model and back. One class per kind of vocabulary.</summary>
public abstract class Tokenizer
{
    /// <summary>Number of tokens in the vocabulary.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>Id that fills up short sequences.</summary>
    public abstract int Padding { get; }

    /// <summary>Id that begins every sequence, such as [CLS]; null where none does.</summary>
    public abstract int? First { get; }

    /// <summary>Id that ends every text, such as [SEP]; null where none does.</summary>
    public abstract int? Separator { get; }

    /// <summary>Id that ends a document, at which generation stops; null where none does. Default: <see cref="Separator"/>.</summary>
    public virtual int? EndOfText => Separator;

    /// <summary>Id of a hidden token; null where the vocabulary has none.</summary>
    public abstract int? Mask { get; }

    /// <summary>Files of the model folder that the tokenizer needs, to be copied beside a model that is saved.</summary>
    public static IReadOnlyList<string> Files => ModelTypes.AllTokenizerFiles;

    /// <summary>The tokenizer of a Hugging Face folder, told by the files that are there.</summary>
    /// <exception cref="ModelFileException">There is none that Nola reads.</exception>
    public static Tokenizer Load(string folder)
    {
        return Has("tokenizer.model") ? SentencePieceTokenizer.Load(folder)
            : Has(TokenizerFile.Name) ? TokenizerFile.Load(Path.Combine(folder, TokenizerFile.Name))
            : Has("vocab.txt") ? WordPieceTokenizer.Load(folder)
            : Has("vocab.json") && Has("merges.txt") ? ByteLevelTokenizer.Load(folder)
            : throw new ModelFileException($"{folder} has no tokenizer: no tokenizer.json, no tokenizer.model, no vocab.txt, and no vocab.json with merges.txt.");

        bool Has(string file) => File.Exists(Path.Combine(folder, file));
    }

    /// <summary>The tokens of a text with their places in it, without special tokens.</summary>
    public abstract IReadOnlyList<Token> Split(string text);

    /// <summary>The ids of a text, without special tokens.</summary>
    public virtual IReadOnlyList<int> Encode(string text) => [.. Split(text).Select(token => token.Id)];

    /// <summary>The text of ids.</summary>
    public abstract string Decode(IEnumerable<int> ids);

    /// <summary>Whether a token stands for no text: padding, beginnings, ends, masks.</summary>
    public virtual bool IsSpecial(int id) => id == Padding || id == First || id == Separator || id == Mask;

    /// <summary>One sequence of a text, or of a pair of texts, with its special tokens. The default is BERT's: first text separator pair separator.</summary>
    public virtual int[] Join(IReadOnlyList<int> text, IReadOnlyList<int>? pair) => pair is null
        ? [.. Optional(First), .. text, .. Optional(Separator)]
        : [.. Optional(First), .. text, .. Optional(Separator), .. pair, .. Optional(Separator)];

    /// <summary>
    /// The sequence of a text or a pair, cut to <paramref name="maxLength"/> ids (of a pair, the longer text is cut first), and where the pair begins
    /// in it: at its end when there is none.
    /// </summary>
    public (int[] Ids, int PairStart) EncodeForClassification(string text, string? pair, int maxLength, Truncation truncation = Truncation.End)
    {
        var first = Encode(text);
        if (pair is null)
        {
            var single = Join(Cut(first, maxLength - Join([], null).Length, truncation), null);
            return (single, single.Length);
        }

        var second = Encode(pair);
        var room = maxLength - Join([], []).Length;
        var (a, b) = (first.Count, second.Count);
        while (a + b > room)
            _ = a >= b ? a-- : b--;
        var kept = Cut(first, a, truncation);
        return (Join(kept, Cut(second, b, truncation)), Join(kept, null).Length);
    }

    /// <summary>
    /// The sequences of a long text: windows of at most <paramref name="maxLength"/> ids, special tokens included, each beginning <paramref name="stride"/>
    /// ids of the text behind the one before it; the last ends with the text.
    /// </summary>
    public IEnumerable<int[]> Windows(string text, int maxLength, int stride)
    {
        var (ids, room) = (Encode(text), maxLength - Join([], null).Length);
        for (var start = 0; ; start += stride)
        {
            yield return Join([.. ids.Skip(start).Take(room)], null);
            if (start + room >= ids.Count)
                yield break;
        }
    }

    private static int[] Cut(IReadOnlyList<int> ids, int count, Truncation truncation) => truncation switch
    {
        Truncation.Start => [.. ids.TakeLast(count)],
        Truncation.Middle when ids.Count > count => [.. ids.Take((count + 1) / 2), .. ids.TakeLast(count / 2)],
        _ => [.. ids.Take(count)],
    };

    private static int[] Optional(int? id) => id is { } there ? [there] : [];
}

/// <summary>A token and its place in the text.</summary>
/// <param name="Id">Its number in the vocabulary.</param>
/// <param name="Start">Index of its first character in the text.</param>
/// <param name="End">Index behind its last character.</param>
public readonly record struct Token(int Id, int Start, int End);
