using System.Globalization;
using System.Text;

namespace Nola.Training.Tokenizers;

/// <summary>
/// BERT's text cleaning: control characters out, every Chinese character and every punctuation mark a word of its own, and for uncased models
/// lower case without accents. Words come out with single spaces between them.
/// </summary>
/// <remarks>Carries its own table of decompositions, because .NET's needs ICU, which slim container images lack.</remarks>
public static class BertNormalizer
{
    private static readonly Dictionary<int, string> Unaccented = ReadTable();

    /// <summary>The text's words, separated by single spaces.</summary>
    /// <param name="text">What to clean.</param>
    /// <param name="lowerCase">Whether the model is uncased.</param>
    /// <param name="places">Where it is given, it gets for every character of the result the index of the one in the text that it comes from.</param>
    public static string Normalize(string text, bool lowerCase, List<int>? places = null)
    {
        var words = new StringBuilder(text.Length + 16);
        var index = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (!lowerCase)
                Append(words, rune);
            else if (rune.IsAscii)
                Append(words, Rune.ToLowerInvariant(rune));
            else
                foreach (var part in WithoutAccents(rune).EnumerateRunes())
                    Append(words, Rune.ToLowerInvariant(part));
            while (places?.Count < words.Length)
                places.Add(index);
            index += rune.Utf16SequenceLength;
        }

        return words.ToString().TrimEnd(' ');
    }

    private static void Append(StringBuilder words, Rune rune)
    {
        var category = Rune.GetUnicodeCategory(rune);
        if (rune.Value is '\t' or '\n' or '\r' || category == UnicodeCategory.SpaceSeparator)
        {
            if (words.Length > 0 && words[^1] != ' ')
                words.Append(' ');
        }
        else if (rune.Value is 0 or 0xFFFD || category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate)
        {
            // Dropped.
        }
        else if (IsPunctuation(rune, category) || IsChinese(rune.Value))
        {
            if (words.Length > 0 && words[^1] != ' ')
                words.Append(' ');
            words.Append(rune.ToString()).Append(' ');
        }
        else
        {
            words.Append(rune.ToString());
        }
    }

    private static string WithoutAccents(Rune rune)
    {
        if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark)
            return "";
        if (rune.Value is >= 0xAC00 and <= 0xD7A3)
            return Jamo(rune.Value - 0xAC00);
        return Unaccented.TryGetValue(rune.Value, out var plain) ? plain : rune.ToString();
    }

    // A Hangul syllable decomposes by arithmetic (The Unicode Standard, section 3.12).
    private static string Jamo(int index)
    {
        var (lead, vowel, tail) = (0x1100 + (index / 588), 0x1161 + (index % 588 / 28), 0x11A7 + (index % 28));
        return tail == 0x11A7 ? $"{(char)lead}{(char)vowel}" : $"{(char)lead}{(char)vowel}{(char)tail}";
    }

    // BERT counts every ASCII symbol as punctuation, whatever Unicode says.
    private static bool IsPunctuation(Rune rune, UnicodeCategory category) =>
        rune.Value is (>= 33 and <= 47) or (>= 58 and <= 64) or (>= 91 and <= 96) or (>= 123 and <= 126)
        || category is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation
            or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation
            or UnicodeCategory.OtherPunctuation;

    private static bool IsChinese(int code) =>
        code is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
            or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B820 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);

    private static Dictionary<int, string> ReadTable()
    {
        using var stream = typeof(BertNormalizer).Assembly.GetManifestResourceStream("unaccented.txt")!;
        using var reader = new StreamReader(stream);
        var table = new Dictionary<int, string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            var codes = line.Split(' ').Select(code => int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
            table[codes[0]] = string.Concat(codes.Skip(1).Select(code => char.ConvertFromUtf32(code)));
        }

        return table;
    }
}
