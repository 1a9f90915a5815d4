using System.Text.Json.Nodes;
using Microsoft.ML.Tokenizers;
using Nola.Training.Safetensors;
using Pieces = Microsoft.ML.Tokenizers.WordPieceTokenizer;

namespace Nola.Training.Tokenizers;

/// <summary>BERT's tokenizer: its own cleaning of text, then WordPiece over a vocabulary file by Microsoft.ML.Tokenizers.</summary>
public sealed class WordPieceTokenizer
{
    private readonly Pieces pieces;
    private readonly bool lowerCase;

    private WordPieceTokenizer(Pieces pieces, string[] vocabulary, bool lowerCase)
    {
        this.pieces = pieces;
        this.lowerCase = lowerCase;
        VocabularySize = vocabulary.Length;
        Padding = Special("[PAD]");
        First = Special("[CLS]");
        Separator = Special("[SEP]");
        Mask = Special("[MASK]");
        Unknown = Special("[UNK]");

        int Special(string token) => Array.IndexOf(vocabulary, token) is >= 0 and var id ? id : throw new ModelFileException($"The vocabulary has no {token}.");
    }

    /// <summary>Number of tokens in the vocabulary.</summary>
    public int VocabularySize { get; }

    /// <summary>Id of [PAD].</summary>
    public int Padding { get; }

    /// <summary>Id of [CLS], which begins every sequence.</summary>
    public int First { get; }

    /// <summary>Id of [SEP], which ends every text.</summary>
    public int Separator { get; }

    /// <summary>Id of [MASK].</summary>
    public int Mask { get; }

    /// <summary>Id of [UNK].</summary>
    public int Unknown { get; }

    /// <summary>Reads vocab.txt of a model folder; tokenizer_config.json tells whether text is lower-cased (default: yes).</summary>
    public static WordPieceTokenizer Load(string folder)
    {
        var path = Path.Combine(folder, "vocab.txt");
        if (!File.Exists(path))
            throw new ModelFileException($"{folder} has no vocab.txt, which a BERT needs for its tokenizer.");
        var settings = Path.Combine(folder, "tokenizer_config.json");
        var lower = !File.Exists(settings) || ((bool?)JsonNode.Parse(File.ReadAllText(settings))!["do_lower_case"] ?? true);
        return FromVocabulary(path, lower);
    }

    /// <summary>A tokenizer over a vocabulary file with one token a line.</summary>
    public static WordPieceTokenizer FromVocabulary(string path, bool lowerCase = true) =>
        new(Pieces.Create(path, new WordPieceOptions { PreTokenizer = PreTokenizer.CreateWhiteSpace() }), File.ReadAllLines(path), lowerCase);

    /// <summary>The ids of a text, without special tokens.</summary>
    public IReadOnlyList<int> Encode(string text) => pieces.EncodeToIds(BertNormalizer.Normalize(text, lowerCase));

    /// <summary>[CLS] text [SEP], or [CLS] text [SEP] pair [SEP], cut to <paramref name="maxLength"/> ids; of a pair, the longer side is cut first.</summary>
    public int[] EncodeForClassification(string text, string? pair, int maxLength)
    {
        var first = Encode(text);
        if (pair is null)
            return [First, .. first.Take(maxLength - 2), Separator];
        var second = Encode(pair);
        var (a, b) = (first.Count, second.Count);
        while (a + b > maxLength - 3)
            _ = a >= b ? a-- : b--;
        return [First, .. first.Take(a), Separator, .. second.Take(b), Separator];
    }

    /// <summary>The text of ids.</summary>
    public string Decode(IEnumerable<int> ids) => pieces.Decode(ids) ?? "";
}
