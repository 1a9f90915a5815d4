namespace Nola.Data;

/// <summary>One row of a dataset.</summary>
/// <param name="Text">The text.</param>
/// <param name="TextPair">The second text of a pair; null for single texts.</param>
/// <param name="Label">The label as written; null in tasks without labels.</param>
public sealed record Example(string Text, string? TextPair, string? Label)
{
    /// <summary>The words of a CoNLL sentence, which with single spaces between them make up the text; null in other formats.</summary>
    public IReadOnlyList<string>? Words { get; init; }

    /// <summary>The tag of each word, such as B-Disease; null in other formats and in tasks without labels.</summary>
    public IReadOnlyList<string>? Tags { get; init; }
}

/// <summary>The splits of a dataset.</summary>
public enum Split
{
    Train,
    Validation,
    Test,
}

/// <summary>A dataset file cannot be read as asked; the message names file, line, what is wrong and what would help.</summary>
public sealed class DataException(string file, long? line, string message)
    : Exception(line is null ? $"{file}: {message}" : $"{file}:{line}: {message}")
{
    public string File { get; } = file;

    /// <summary>Line from 1; null when the whole file is meant.</summary>
    public long? Line { get; } = line;
}
