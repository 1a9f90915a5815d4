using System.Globalization;
using Nola.Core.Experiments;
using Nola.Core.Scoring;

namespace Nola.Data;

/// <summary>Reads the examples of a dataset's split from its files.</summary>
public static class DatasetReader
{
    /// <summary>
    /// The examples of a split in the order of its files. Datasets with a split column read all their files and keep the split's rows.
    /// Empty when the dataset has no such split.
    /// </summary>
    /// <param name="dataset">What to read.</param>
    /// <param name="split">Which part of it.</param>
    /// <param name="needsLabels">Whether a row without a label is an error.</param>
    /// <exception cref="DataException">A file is missing or malformed.</exception>
    public static List<Example> Read(DatasetSpec dataset, Split split, bool needsLabels)
    {
        var columns = dataset.Columns;
        if (columns.Split is null)
            return [.. FilesOf(dataset, split).SelectMany(file => ReadFile(file, dataset, needsLabels).Select(row => row.Example))];
        var files = dataset.Train.Concat(dataset.Validation).Concat(dataset.Test).Distinct();
        return [.. files.SelectMany(file => ReadFile(file, dataset, needsLabels)).Where(row => SplitNamed(row.Split) == split).Select(row => row.Example)];
    }

    /// <summary>The format of a file: the dataset's own, or told by the file's name.</summary>
    public static DataFormat FormatOf(string file, DataFormat format) => format != DataFormat.ByFileName ? format : Path.GetExtension(file).ToLowerInvariant() switch
    {
        ".csv" => DataFormat.Csv,
        ".tsv" => DataFormat.Tsv,
        ".jsonl" or ".ndjson" => DataFormat.JsonLines,
        ".conll" or ".bio" or ".iob" => DataFormat.Conll,
        ".txt" => DataFormat.Text,
        var other => throw new DataException(file, null, $"the format is not told by the ending '{other}'; set 'format' to csv, tsv, jsonl, conll or text"),
    };

    private static IEnumerable<string> FilesOf(DatasetSpec dataset, Split split) => split switch
    {
        Split.Train => dataset.Train,
        Split.Validation => dataset.Validation,
        _ => dataset.Test,
    };

    private static IEnumerable<(Example Example, string? Split)> ReadFile(string file, DatasetSpec dataset, bool needsLabels)
    {
        var columns = dataset.Columns;
        switch (FormatOf(file, dataset.Format))
        {
            case DataFormat.Text:
                return TextFile.Documents(file).Select(document => (new Example(document, null, null), (string?)null));
            case DataFormat.Conll:
                return ConllFile.Sentences(file).Select(sentence => (FromSentence(file, sentence.Line, sentence.Tokens, columns, needsLabels), (string?)null));
            case DataFormat.JsonLines:
                return JsonLinesFile.Rows(file).Select(row => FromRow(file, row, columns, needsLabels));
            case var table:
                return DelimitedFile.Rows(file, table == DataFormat.Tsv ? '\t' : ',').Select(row => FromRow(file, row, columns, needsLabels));
        }
    }

    // By default the word is the first column and its tag the last one.
    private static Example FromSentence(string file, long line, IReadOnlyList<string[]> tokens, ColumnMap columns, bool needsLabels)
    {
        var width = tokens[0].Length;
        var words = tokens.Select(token => token[Column(columns.Text, "text", 0)]).ToArray();
        return new(string.Join(' ', words), null, null) { Words = words, Tags = needsLabels ? Tags() : null };

        string[] Tags()
        {
            var column = Column(columns.Label, "label", width - 1);
            var tags = tokens.Select(token => token[column]).ToArray();
            return Array.FindIndex(tags, tag => !EntityTags.IsTag(tag)) is >= 0 and var wrong
                ? throw new DataException(file, line + wrong, $"'{tags[wrong]}' in column {column + 1} is no tag; a tag is O, or B-, I-, E- or S- with a type behind it; set 'label' to the tags' column")
                : tags;
        }

        int Column(string name, string role, int otherwise) => name == role ? otherwise
            : int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= width ? number - 1
            : throw new DataException(file, line, $"there is no column '{name}'; CoNLL files have their columns by number, here 1 to {width}; set '{role}' to one of them");
    }

    private static (Example, string?) FromRow(string file, DataRow row, ColumnMap columns, bool needsLabels) =>
        (new Example(
            Cell(file, row, columns.Text, "text"),
            columns.TextPair is { } pair ? Cell(file, row, pair, "textPair") : null,
            needsLabels ? Label(file, row, columns.Label) : null),
        columns.Split is { } split ? Cell(file, row, split, "split") : null);

    private static string Label(string file, DataRow row, string column)
    {
        var label = Cell(file, row, column, "label").Trim();
        return label.Length > 0 ? label : throw new DataException(file, row.Line, $"the label column '{column}' is empty");
    }

    private static string Cell(string file, DataRow row, string column, string role) => row.Cells.TryGetValue(column, out var value)
        ? value
        : throw new DataException(file, row.Line, $"there is no column '{column}'; the columns are {string.Join(", ", row.Cells.Keys)}; set '{role}' to one of them");

    private static Split? SplitNamed(string? name) => name?.Trim().ToLowerInvariant() switch
    {
        "train" or "training" => Split.Train,
        "validation" or "valid" or "val" or "dev" => Split.Validation,
        "test" => Split.Test,
        _ => null,
    };
}

/// <summary>One row of a table or one JSON object: its cells by column name, and the line on which it begins.</summary>
public sealed record DataRow(long Line, IReadOnlyDictionary<string, string> Cells);
