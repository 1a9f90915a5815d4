namespace Nola.Data;

/// <summary>Reads CoNLL files: one token a line with its columns, blank line between sentences, lines of -DOCSTART- skipped.</summary>
public static class ConllFile
{
    /// <summary>The sentences of a file; each token is its columns, split at white space.</summary>
    /// <exception cref="DataException">A token has another number of columns than the first one.</exception>
    public static IEnumerable<IReadOnlyList<string[]>> Sentences(string file)
    {
        var sentence = new List<string[]>();
        int? width = null;
        foreach (var (number, line) in TextFile.Lines(file))
        {
            var columns = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length > 0 && columns[0] != "-DOCSTART-")
            {
                width ??= columns.Length;
                if (columns.Length != width)
                    throw new DataException(file, number, $"the token has {columns.Length} columns and the first one has {width}");
                sentence.Add(columns);
                continue;
            }

            if (sentence.Count > 0)
                yield return sentence.ToArray();
            sentence.Clear();
        }

        if (sentence.Count > 0)
            yield return sentence.ToArray();
    }
}
