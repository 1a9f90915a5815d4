namespace Nola.Data;

/// <summary>Reads CoNLL files: one token a line with its columns, blank line between sentences, lines of -DOCSTART- skipped.</summary>
public static class ConllFile
{
    /// <summary>The sentences of a file, each with the line on which it begins; each token is its columns, split at white space.</summary>
    /// <exception cref="DataException">A token has another number of columns than the first one.</exception>
    public static IEnumerable<(long Line, IReadOnlyList<string[]> Tokens)> Sentences(string file)
    {
        var sentence = new List<string[]>();
        long begin = 0;
        int? width = null;
        foreach (var (number, line) in TextFile.Lines(file))
        {
            var columns = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length > 0 && columns[0] != "-DOCSTART-")
            {
                width ??= columns.Length;
                if (columns.Length != width)
                    throw new DataException(file, number, $"the token has {columns.Length} columns and the first one has {width}");
                if (sentence.Count == 0)
                    begin = number;
                sentence.Add(columns);
                continue;
            }

            if (sentence.Count > 0)
                yield return (begin, sentence.ToArray());
            sentence.Clear();
        }

        if (sentence.Count > 0)
            yield return (begin, sentence.ToArray());
    }
}
