using System.Text;

namespace Nola.Training.Tokenizers.ByteLevel;

/// <summary>
/// GPT-2's way to write bytes as visible characters (Radford et al. 2019): printable bytes of Latin-1 stand for themselves, the others for the
/// characters from U+0100 in order, so that a space is written Ġ.
/// </summary>
public static class ByteAlphabet
{
    private static readonly char[] Characters = Build();
    private static readonly Dictionary<char, byte> Bytes = Characters.Index().ToDictionary(item => item.Item, item => (byte)item.Index);

    /// <summary>All 256 characters in the order of their bytes.</summary>
    public static IReadOnlyList<char> All => Characters;

    /// <summary>The UTF-8 bytes of a text as characters of the alphabet.</summary>
    public static string Write(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var count = Encoding.UTF8.GetBytes(text, bytes);
        return string.Create(count, bytes, (characters, source) =>
        {
            for (var index = 0; index < characters.Length; index++)
                characters[index] = Characters[source[index]];
        });
    }

    /// <summary>The bytes that a token's characters stand for; characters outside the alphabet are left out.</summary>
    public static IEnumerable<byte> Read(string token) => token.Where(Bytes.ContainsKey).Select(character => Bytes[character]);

    private static char[] Build()
    {
        var characters = new char[256];
        var next = (char)0x100;
        for (var value = 0; value < 256; value++)
            characters[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)value : next++;
        return characters;
    }
}
