using System.Globalization;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;

namespace Nola.Client.Reports;

/// <summary>Writes records as comma-separated values under headings made of their properties' names: <c>TypeMatch</c> is <c>type match</c>; numbers with six digits.</summary>
internal static class CsvRecords
{
    /// <summary>Writes a header line and a line for each record; the writer stays open.</summary>
    public static void Write<T>(TextWriter text, IEnumerable<T> records)
    {
        using var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }, leaveOpen: true);
        csv.Context.TypeConverterOptionsCache.GetOptions<double>().Formats = ["G6"];
        csv.Context.TypeConverterOptionsCache.GetOptions<double?>().Formats = ["G6"];
        foreach (var member in csv.Context.AutoMap<T>().MemberMaps)
            member.Name(JsonNamingPolicy.KebabCaseLower.ConvertName(member.Data.Member!.Name).Replace('-', ' '));
        csv.WriteRecords(records);
    }
}
