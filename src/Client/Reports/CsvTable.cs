using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Nola.Client.Reports;

/// <summary>Rows under headings as comma-separated values, lines ended by a line feed.</summary>
internal static class CsvTable
{
    /// <summary>The text with a header line.</summary>
    public static string Write(IEnumerable<string> headings, IEnumerable<IEnumerable<object?>> rows)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using (var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }, leaveOpen: true))
        {
            foreach (var row in rows.Prepend(headings))
            {
                foreach (var cell in row)
                    csv.WriteField(cell);
                csv.NextRecord();
            }
        }

        return text.ToString();
    }
}
