using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Nola.Data;

/// <summary>Reads comma- and tab-separated files with a header line; fields may be quoted and then hold newlines (RFC 4180).</summary>
public static class DelimitedFile
{
    /// <summary>The rows of a file, each with its cells by column name.</summary>
    /// <exception cref="DataException">No header, a row with too few or too many cells, a quote that never ends, or no UTF-8.</exception>
    public static IEnumerable<DataRow> Rows(string file, char delimiter)
    {
        using var text = TextFile.Open(file);
        using var csv = new CsvReader(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter.ToString(),
            // Tab-separated files hold quotes as they are; comma-separated ones quote by RFC 4180.
            Mode = delimiter == '\t' && !QuotesFields(file) ? CsvMode.NoEscape : CsvMode.RFC4180,
            BadDataFound = null,
        });
        if (!Advance(csv, file))
            throw new DataException(file, null, "the file is empty; a header line with the column names is needed");
        csv.ReadHeader();
        var columns = csv.HeaderRecord!;
        if (columns.Distinct(StringComparer.Ordinal).Count() < columns.Length)
            throw new DataException(file, 1, $"the header names a column twice: {string.Join(", ", columns)}");
        while (Advance(csv, file))
        {
            long line = csv.Parser.RawRow - csv.Parser.RawRecord.AsSpan().TrimEnd("\r\n").Count('\n');
            if (csv.Parser.Count != columns.Length)
                throw new DataException(file, line, $"the row has {csv.Parser.Count} cells and the header has {columns.Length} columns; quote cells that hold the delimiter");
            var cells = new Dictionary<string, string>(columns.Length, StringComparer.Ordinal);
            for (var index = 0; index < columns.Length; index++)
                cells[columns[index]] = csv.Parser[index];
            yield return new(line, cells);
        }
    }

    private static bool QuotesFields(string file)
    {
        using var text = TextFile.Open(file);
        return text.ReadLine() is { } header && header.StartsWith('"');
    }

    private static bool Advance(CsvReader csv, string file)
    {
        try
        {
            return csv.Read();
        }
        catch (DecoderFallbackException)
        {
            throw TextFile.NotUtf8(file);
        }
        catch (CsvHelperException fault)
        {
            throw new DataException(file, csv.Parser.RawRow, fault.Message.Split('\n')[0].Trim());
        }
    }
}
