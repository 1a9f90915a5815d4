using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Nola.Training.Safetensors;

namespace Nola.Training.Tokenizers.ByteLevel;

/// <summary>Cuts a text into the pieces inside which byte pairs are merged: one regular expression after another.</summary>
/// <param name="cuts">The expressions in order; each cuts the pieces of the one before.</param>
/// <param name="addsSpace">Whether a text that does not begin with a space is read as if it did.</param>
public sealed class PieceSplitter(IReadOnlyList<PieceSplitter.Cut> cuts, bool addsSpace = false)
{
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>One way to cut: at every match of the pattern. Matches and what lies between them are pieces, unless one of them is dropped.</summary>
    /// <param name="Pattern">Regular expression.</param>
    /// <param name="DropsMatches">Whether matches are left out.</param>
    /// <param name="DropsGaps">Whether what lies between matches is left out.</param>
    public sealed record Cut(Regex Pattern, bool DropsMatches = false, bool DropsGaps = false)
    {
        public Cut(string pattern)
            : this(Compile(pattern))
        {
        }
    }

    /// <summary>Whether a text that does not begin with a space is read as if it did.</summary>
    public bool AddsSpace => addsSpace;

    /// <summary>GPT-2's and RoBERTa's: contractions, words, numbers and other marks, each with the space before it.</summary>
    public static PieceSplitter OfGpt2(bool addsSpace) => new([new Cut(Gpt2)], addsSpace);

    /// <summary>The splitter that the <c>pre_tokenizer</c> of a tokenizer.json describes; null when it is none of byte-level BPE.</summary>
    /// <param name="preTokenizer">Its value.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="ModelFileException">A part of it is of a kind that Nola does not read.</exception>
    public static PieceSplitter? Read(JsonElement preTokenizer, string path)
    {
        if (preTokenizer.ValueKind != JsonValueKind.Object)
            return null;
        JsonElement[] parts = preTokenizer.GetProperty("type").GetString() == "Sequence" ? [.. preTokenizer.GetProperty("pretokenizers").EnumerateArray()] : [preTokenizer];
        if (!parts.Any(part => part.GetProperty("type").GetString() == "ByteLevel"))
            return null;
        var cuts = new List<Cut>();
        var adds = false;
        foreach (var part in parts)
            switch (part.GetProperty("type").GetString())
            {
                case "ByteLevel":
                    adds |= Flag(part, "add_prefix_space", true);
                    if (Flag(part, "use_regex", true))
                        cuts.Add(new(Gpt2));
                    break;
                case "Digits":
                    cuts.Add(new(Flag(part, "individual_digits", false) ? @"\p{N}" : @"\p{N}+"));
                    break;
                case "Split":
                    cuts.Add(ReadCut(part, path));
                    break;
                case var other:
                    throw new ModelFileException($"{path} has the pre_tokenizer '{other}'; beside ByteLevel Nola reads Split and Digits.");
            }

        return new(cuts, adds);
    }

    /// <summary>The pieces of a text in order.</summary>
    public IEnumerable<(int Start, int Length)> Split(string text)
    {
        IEnumerable<(int Start, int Length)> pieces = [(0, text.Length)];
        var classes = BasicPlane(text);
        foreach (var cut in cuts)
            pieces = pieces.SelectMany(piece => Split(classes, piece, cut));
        return pieces.Where(piece => piece.Length > 0);
    }

    private static IEnumerable<(int Start, int Length)> Split(string text, (int Start, int Length) piece, Cut cut)
    {
        var start = piece.Start;
        // A piece is a text of its own: what lies around it must not be seen by the pattern.
        var own = piece.Length == text.Length ? text : text.Substring(piece.Start, piece.Length);
        foreach (Match found in cut.Pattern.Matches(own))
        {
            var index = piece.Start + found.Index;
            if (!cut.DropsGaps)
                yield return (start, index - start);
            if (!cut.DropsMatches)
                yield return (index, found.Length);
            start = index + found.Length;
        }

        if (!cut.DropsGaps)
            yield return (start, piece.Start + piece.Length - start);
    }

    // .NET's regular expressions look at UTF-16 units, so that no \p{L} matches a letter beyond the basic plane. Each such character is
    // replaced by two of its own category from the basic plane, none of which is a letter that a pattern names.
    private static string BasicPlane(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            return text;
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            if (rune.IsBmp)
                result.Append((char)rune.Value);
            else
                result.Append(OfCategory(Rune.GetUnicodeCategory(rune)), 2);
        return result.ToString();
    }

    private static char OfCategory(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => 'À',
        UnicodeCategory.LowercaseLetter => 'à',
        UnicodeCategory.ModifierLetter => 'ʰ',
        UnicodeCategory.OtherLetter => 'ƻ',
        UnicodeCategory.NonSpacingMark => '\u0301',
        UnicodeCategory.SpacingCombiningMark => '\u0903',
        UnicodeCategory.DecimalDigitNumber => '٠',
        UnicodeCategory.LetterNumber => 'Ⅰ',
        UnicodeCategory.OtherNumber => '²',
        UnicodeCategory.OtherPunctuation => '¿',
        UnicodeCategory.MathSymbol => '±',
        _ => '©',
    };

    private static Cut ReadCut(JsonElement part, string path)
    {
        var pattern = part.GetProperty("pattern");
        var regex = Compile(pattern.TryGetProperty("Regex", out var expression) ? expression.GetString()! : Regex.Escape(pattern.GetProperty("String").GetString()!));
        return (part.GetProperty("behavior").GetString(), Flag(part, "invert", false)) switch
        {
            ("Isolated", _) => new(regex),
            ("Removed", false) => new(regex, DropsMatches: true),
            ("Removed", true) => new(regex, DropsGaps: true),
            var (behavior, _) => throw new ModelFileException($"{path} splits with the behavior '{behavior}'; Nola reads Isolated and Removed."),
        };
    }

    private static Regex Compile(string pattern) => new(pattern, RegexOptions.CultureInvariant | RegexOptions.Compiled);

    private static bool Flag(JsonElement part, string key, bool otherwise) => part.TryGetProperty(key, out var value) ? value.GetBoolean() : otherwise;
}
