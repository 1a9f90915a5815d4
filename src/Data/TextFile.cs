using System.Text;

namespace Nola.Data;

/// <summary>Reads text files as strict UTF-8, with or without a byte order mark.</summary>
public static class TextFile
{
    /// <summary>Opens a file for reading. Invalid UTF-8 throws <see cref="DecoderFallbackException"/>, which <see cref="Lines"/> turns into a line number.</summary>
    public static StreamReader Open(string file)
    {
        if (!File.Exists(file))
            throw new DataException(file, null, "there is no such file");
        return new(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true);
    }

    /// <summary>The lines of a file with their numbers from 1.</summary>
    public static IEnumerable<(long Number, string Text)> Lines(string file)
    {
        using var reader = Open(file);
        for (long number = 1; ; number++)
        {
            string? line;
            try
            {
                line = reader.ReadLine();
            }
            catch (DecoderFallbackException)
            {
                throw NotUtf8(file);
            }

            if (line is null)
                yield break;
            yield return (number, line);
        }
    }

    /// <summary>Documents: runs of lines between blank lines, joined by spaces.</summary>
    public static IEnumerable<string> Documents(string file)
    {
        var document = new StringBuilder();
        foreach (var (_, line) in Lines(file))
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                document.Append(document.Length > 0 ? " " : "").Append(line.Trim());
                continue;
            }

            if (document.Length > 0)
                yield return document.ToString();
            document.Clear();
        }

        if (document.Length > 0)
            yield return document.ToString();
    }

    /// <summary>The error for a file with bytes that are no UTF-8; finds the line of the first.</summary>
    public static DataException NotUtf8(string file)
    {
        var decoder = new UTF8Encoding(false, throwOnInvalidBytes: true);
        long number = 1;
        var line = new List<byte>();
        using var bytes = new BufferedStream(File.OpenRead(file));
        for (var value = bytes.ReadByte(); ; value = bytes.ReadByte())
        {
            if (value is not -1 and not '\n')
            {
                line.Add((byte)value);
                continue;
            }

            try
            {
                decoder.GetCharCount([.. line]);
            }
            catch (DecoderFallbackException fault)
            {
                return new(file, number, $"byte {fault.Index + 1} of the line is no UTF-8; convert the file (iconv -f LATIN1 -t UTF-8)");
            }

            if (value == -1)
                return new(file, null, "the file is no UTF-8");
            line.Clear();
            number++;
        }
    }
}
