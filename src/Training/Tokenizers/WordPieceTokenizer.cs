using System.Text.Json.Nodes;
using Microsoft.ML.Tokenizers;
using Nola.Training.Safetensors;
using Pieces = Microsoft.ML.Tokenizers.WordPieceTokenizer;

namespace Nola.Training.Tokenizers;

/// <summary>BERT's tokenizer: its own cleaning of text, then WordPiece over a vocabulary file by Microsoft.ML.Tokenizers.</summary>
public sealed class WordPieceTokenizer : Tokenizer
{
    private readonly Pieces pieces;
    private readonly bool lowerCase;

    private readonly int first;
    private readonly int separator;
    private readonly int mask;

    private WordPieceTokenizer(Pieces pieces, string[] vocabulary, bool lowerCase)
    {
        this.pieces = pieces;
        this.lowerCase = lowerCase;
        VocabularySize = vocabulary.Length;
        Padding = Special("[PAD]");
        first = Special("[CLS]");
        separator = Special("[SEP]");
        mask = Special("[MASK]");
        _ = Special("[UNK]");

        int Special(string token) => Array.IndexOf(vocabulary, token) is >= 0 and var id ? id : throw new ModelFileException($"The vocabulary has no {token}.");
    }

    public override int VocabularySize { get; }

    public override int Padding { get; }

    public override int? First => first;

    public override int? Separator => separator;

    public override int? Mask => mask;

    /// <summary>Reads vocab.txt of a model folder; tokenizer_config.json tells whether text is lower-cased (default: yes).</summary>
    public static new WordPieceTokenizer Load(string folder)
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

    public override IReadOnlyList<int> Encode(string text) => pieces.EncodeToIds(BertNormalizer.Normalize(text, lowerCase));

    public override IReadOnlyList<Token> Split(string text)
    {
        var places = new List<int>(text.Length + 16);
        var words = BertNormalizer.Normalize(text, lowerCase, places);
        var tokens = pieces.EncodeToTokens(words, out _);
        return [.. tokens.Select(token =>
        {
            var last = places[token.Offset.End.Value - 1];
            return new Token(token.Id, places[token.Offset.Start.Value], last + (char.IsHighSurrogate(text[last]) ? 2 : 1));
        })];
    }

    public override string Decode(IEnumerable<int> ids) => pieces.Decode(ids) ?? "";
}
