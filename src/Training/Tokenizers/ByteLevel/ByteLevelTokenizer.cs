using System.Text;
using System.Text.Json;
using Microsoft.ML.Tokenizers;
using Nola.Training.Safetensors;

namespace Nola.Training.Tokenizers.ByteLevel;

/// <summary>
/// Byte-level BPE (Radford et al. 2019), the tokenizer of GPT-2, RoBERTa and Llama 3: the text is cut into pieces, each piece is written as bytes, and
/// neighbouring bytes are merged in the order in which the vocabulary learned them, by Microsoft.ML.Tokenizers.
/// </summary>
public sealed class ByteLevelTokenizer : Tokenizer
{
    private readonly BpeTokenizer pairs;
    private readonly PieceSplitter splitter;
    private readonly AddedTokens added;
    private readonly SequenceTemplate template;
    private readonly bool takesWholePieces;
    private readonly Dictionary<int, string> tokens; // in the alphabet of bytes
    private readonly Dictionary<int, string> contents; // of the added ones

    /// <param name="vocabulary">Token numbers by their writing in the <see cref="ByteAlphabet"/>.</param>
    /// <param name="merges">Pairs to merge, first learned first, each with a space between its two sides.</param>
    /// <param name="splitter">Cuts texts into pieces.</param>
    /// <param name="added">Tokens that are found before anything is cut.</param>
    /// <param name="template">Special tokens around a text.</param>
    /// <param name="names">Which token pads and which one masks.</param>
    /// <param name="takesWholePieces">Whether a piece that the vocabulary has as it is needs no merging.</param>
    public ByteLevelTokenizer(
        IReadOnlyDictionary<string, int> vocabulary, IEnumerable<string> merges, PieceSplitter splitter, AddedTokens added, SequenceTemplate template,
        SpecialTokenNames names, bool takesWholePieces = false)
    {
        pairs = BpeTokenizer.Create(new BpeOptions(vocabulary) { Merges = merges, ByteLevel = true, PreTokenizer = new WholePiece() });
        this.splitter = splitter;
        this.added = added;
        this.template = template;
        this.takesWholePieces = takesWholePieces;
        tokens = vocabulary.ToDictionary(item => item.Value, item => item.Key);
        contents = added.All.DistinctBy(token => token.Id).ToDictionary(token => token.Id, token => token.Content);
        VocabularySize = Math.Max(tokens.Keys.Max(), added.All.Select(token => token.Id).DefaultIfEmpty(0).Max()) + 1;
        Mask = Id(names["mask_token"] ?? "<mask>");
        Padding = Id(names["pad_token"] ?? "<pad>") ?? Id(names["eos_token"] ?? "<|endoftext|>") ?? 0;

        int? Id(string token) => added.Find(token)?.Id ?? (vocabulary.TryGetValue(token, out var id) ? id : null);
    }

    public override int VocabularySize { get; }

    public override int Padding { get; }

    public override int? First => template.First;

    public override int? Separator => template.Last;

    public override int? Mask { get; }

    /// <summary>Reads a tokenizer.json whose model is BPE and whose pre-tokenizer is byte-level.</summary>
    /// <param name="file">Its content.</param>
    /// <param name="splitter">What its pre-tokenizer says.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <exception cref="ModelFileException">A part of it is of a kind that Nola does not read.</exception>
    public static ByteLevelTokenizer Read(JsonElement file, PieceSplitter splitter, string path)
    {
        if (file.TryGetProperty("normalizer", out var normalizer) && normalizer.ValueKind == JsonValueKind.Object)
            throw new ModelFileException($"{path} has the normalizer '{normalizer.GetProperty("type").GetString()}'; with a byte-level vocabulary Nola reads none.");
        var model = file.GetProperty("model");
        return new(
            model.GetProperty("vocab").EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetInt32(), StringComparer.Ordinal),
            // ["a", "b"] in newer files, "a b" in older ones
            model.GetProperty("merges").EnumerateArray().Select(merge => merge.ValueKind == JsonValueKind.String ? merge.GetString()! : $"{merge[0].GetString()} {merge[1].GetString()}"),
            splitter,
            AddedTokens.Read(file),
            SequenceTemplate.Read(file.TryGetProperty("post_processor", out var processor) ? processor : default, path),
            new(Path.GetDirectoryName(path)!),
            model.TryGetProperty("ignore_merges", out var whole) && whole.ValueKind == JsonValueKind.True);
    }

    /// <summary>Reads vocab.json and merges.txt of a GPT-2 or, when the vocabulary has <c>&lt;s&gt;</c>, of a RoBERTa.</summary>
    public static new ByteLevelTokenizer Load(string folder)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "vocab.json")));
        var vocabulary = json.RootElement.EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetInt32(), StringComparer.Ordinal);
        var merges = File.ReadLines(Path.Combine(folder, "merges.txt")).Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal));
        var specials = new[] { "<s>", "<pad>", "</s>", "<unk>", "<mask>", "<|endoftext|>" }.Where(vocabulary.ContainsKey)
            .Select(token => new AddedToken(vocabulary[token], token, IsSpecial: true, TakesSpaceBefore: token == "<mask>"));
        var template = vocabulary.TryGetValue("<s>", out var first) && vocabulary.TryGetValue("</s>", out var last) ? SequenceTemplate.Roberta(first, last) : SequenceTemplate.None;
        return new(vocabulary, merges, PieceSplitter.OfGpt2(addsSpace: false), new(specials), template, new(folder));
    }

    public override IReadOnlyList<Token> Split(string text)
    {
        var result = new List<Token>();
        foreach (var (start, end, token) in added.Split(text))
            if (token is not null)
                result.Add(new(token.Id, end - text.AsSpan(start, end - start).TrimStart().Length, end));
            else
                Split(text, start, end, result);
        return result;
    }

    public override string Decode(IEnumerable<int> ids) => Encoding.UTF8.GetString(
        [.. ids.SelectMany(id => contents.TryGetValue(id, out var content) ? Encoding.UTF8.GetBytes(content) : ByteAlphabet.Read(tokens.GetValueOrDefault(id, "")))]);

    public override bool IsSpecial(int id) => base.IsSpecial(id) || added.IsSpecial(id);

    public override int[] Join(IReadOnlyList<int> text, IReadOnlyList<int>? pair) => template.Join(text, pair);

    private void Split(string text, int start, int end, List<Token> result)
    {
        var addsSpace = splitter.AddsSpace && text[start] != ' ';
        var part = (addsSpace ? " " : "") + text[start..end];
        var shift = start - (addsSpace ? 1 : 0);
        foreach (var (index, length) in splitter.Split(part))
        {
            var piece = part.Substring(index, length);
            if (takesWholePieces && pairs.Vocabulary.TryGetValue(ByteAlphabet.Write(piece), out var whole))
                Add(whole, index, index + length);
            else
                foreach (var token in pairs.EncodeToTokens(piece, out _))
                    Add(token.Id, index + token.Offset.Start.Value, index + token.Offset.End.Value);
        }

        // The space in front of a word is no part of its token's place, and a character whose bytes lie in several tokens belongs whole to each.
        void Add(int id, int from, int to)
        {
            while (from < to - 1 && char.IsWhiteSpace(part[from]))
                from++;
            from = Math.Max(from + shift, start);
            to = Math.Max(to + shift, from + 1);
            if (char.IsLowSurrogate(text[from]))
                from--;
            if (char.IsHighSurrogate(text[to - 1]))
                to++;
            result.Add(new(id, from, to));
        }
    }

    // Texts come cut already; the library's own default cuts at white space and drops it.
    private sealed class WholePiece : PreTokenizer
    {
        public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => [(0, text.Length)];

        public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => [(0, text.Length)];
    }
}
