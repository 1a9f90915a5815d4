using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML.Tokenizers;
using Nola.Training.Safetensors;
using Pieces = Microsoft.ML.Tokenizers.WordPieceTokenizer;

namespace Nola.Training.Tokenizers;

/// <summary>BERT's tokenizer, cased or uncased: its own cleaning of text, then WordPiece over a vocabulary by Microsoft.ML.Tokenizers.</summary>
public sealed class WordPieceTokenizer : Tokenizer
{
    private readonly Pieces pieces;
    private readonly bool lowerCase;
    private readonly AddedTokens added;
    private readonly SequenceTemplate template;
    private readonly int mask;

    private WordPieceTokenizer(Pieces pieces, IReadOnlyDictionary<string, int> vocabulary, bool lowerCase, AddedTokens? added = null, SequenceTemplate? template = null)
    {
        this.pieces = pieces;
        this.lowerCase = lowerCase;
        this.template = template ?? SequenceTemplate.Bert(Special("[CLS]"), Special("[SEP]"));
        this.added = added ?? new(new[] { "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]" }.Select(token => new AddedToken(Special(token), token, IsSpecial: true)));
        VocabularySize = Math.Max(vocabulary.Values.Max(), this.added.All.Select(token => token.Id).DefaultIfEmpty(0).Max()) + 1;
        Padding = Special("[PAD]");
        mask = Special("[MASK]");

        int Special(string token) => vocabulary.TryGetValue(token, out var id) ? id : throw new ModelFileException($"The vocabulary has no {token}.");
    }

    public override int VocabularySize { get; }

    public override int Padding { get; }

    public override int? First => template.First;

    public override int? Separator => template.Last;

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
    public static WordPieceTokenizer FromVocabulary(string path, bool lowerCase = true)
    {
        var lines = File.ReadAllLines(path);
        return new(Over(lines), Numbers(lines), lowerCase);
    }

    /// <summary>Reads a tokenizer.json whose model is WordPiece, as those of BERT, DistilBERT and MobileBERT.</summary>
    /// <param name="file">Its content.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <exception cref="ModelFileException">Its cleaning of text is not BERT's.</exception>
    public static WordPieceTokenizer Read(JsonElement file, string path)
    {
        var normalizer = file.GetProperty("normalizer");
        var preTokenizer = file.GetProperty("pre_tokenizer");
        if (TypeOf(normalizer) != "BertNormalizer" || TypeOf(preTokenizer) != "BertPreTokenizer")
            throw new ModelFileException($"{path} cleans text by '{TypeOf(normalizer)}' and '{TypeOf(preTokenizer)}'; with WordPiece Nola reads BertNormalizer and BertPreTokenizer.");
        var lower = normalizer.GetProperty("lowercase").GetBoolean();
        if (Differs("strip_accents", lower) || Differs("clean_text", true) || Differs("handle_chinese_chars", true))
            throw new ModelFileException($"{path} has settings of BertNormalizer that Nola does not read: accents must go with capitals, clean_text and handle_chinese_chars must be on.");
        var model = file.GetProperty("model");
        if (model.TryGetProperty("continuing_subword_prefix", out var prefix) && prefix.GetString() != "##")
            throw new ModelFileException($"{path} marks pieces inside a word by '{prefix.GetString()}'; Nola reads '##'.");
        var vocabulary = model.GetProperty("vocab").EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetInt32(), StringComparer.Ordinal);
        // Numbers that no token has get a line that no word can equal.
        var lines = Enumerable.Range(0, vocabulary.Values.Max() + 1).Select(id => $"\u0001{id}").ToArray();
        foreach (var (token, id) in vocabulary)
            lines[id] = token;
        return new(Over(lines), vocabulary, lower, AddedTokens.Read(file), SequenceTemplate.Read(file.GetProperty("post_processor"), path));

        bool Differs(string key, bool wanted) => normalizer.TryGetProperty(key, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False && value.GetBoolean() != wanted;
    }

    public override IReadOnlyList<int> Encode(string text)
    {
        var ids = new List<int>();
        foreach (var (start, end, token) in added.Split(text))
            if (token is not null)
                ids.Add(token.Id);
            else
                ids.AddRange(pieces.EncodeToIds(BertNormalizer.Normalize(text[start..end], lowerCase)));
        return ids;
    }

    public override IReadOnlyList<Token> Split(string text)
    {
        var result = new List<Token>();
        foreach (var (start, end, token) in added.Split(text))
            if (token is not null)
                result.Add(new(token.Id, start, end));
            else
                Split(text[start..end], start, result);
        return result;
    }

    public override string Decode(IEnumerable<int> ids) => pieces.Decode(ids) ?? "";

    public override bool IsSpecial(int id) => base.IsSpecial(id) || added.IsSpecial(id);

    public override int[] Join(IReadOnlyList<int> text, IReadOnlyList<int>? pair) => template.Join(text, pair);

    private void Split(string text, int shift, List<Token> result)
    {
        var places = new List<int>(text.Length + 16);
        var words = BertNormalizer.Normalize(text, lowerCase, places);
        foreach (var token in pieces.EncodeToTokens(words, out _))
        {
            var last = places[token.Offset.End.Value - 1];
            result.Add(new(token.Id, shift + places[token.Offset.Start.Value], shift + last + (char.IsHighSurrogate(text[last]) ? 2 : 1)));
        }
    }

    private static Pieces Over(string[] lines) =>
        Pieces.Create(new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines))), new WordPieceOptions { PreTokenizer = PreTokenizer.CreateWhiteSpace() });

    private static Dictionary<string, int> Numbers(string[] lines)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (id, line) in lines.Index())
            numbers.TryAdd(line, id);
        return numbers;
    }

    private static string? TypeOf(JsonElement part) => part.ValueKind == JsonValueKind.Object ? part.GetProperty("type").GetString() : null;
}
