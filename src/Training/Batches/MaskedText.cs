namespace Nola.Training.Batches;

/// <summary>Documents as sequences of one length, and the hiding of tokens for masked-lm (Devlin et al., arXiv 1810.04805).</summary>
public static class MaskedText
{
    /// <summary>
    /// Documents one after another, each ended by <paramref name="separator"/>, cut into sequences of <paramref name="length"/> ids that begin with
    /// <paramref name="first"/> and end with <paramref name="separator"/>. Only the last sequence may be shorter; an empty one is left out.
    /// </summary>
    public static List<int[]> Pack(IEnumerable<IReadOnlyList<int>> documents, int length, int first, int separator)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 3);
        var sequences = new List<int[]>();
        var open = new List<int>(length) { first };
        foreach (var id in documents.SelectMany(document => document.Append(separator)))
        {
            open.Add(id);
            if (open.Count < length - 1)
                continue;
            sequences.Add([.. open, separator]);
            open.RemoveRange(1, open.Count - 1);
        }

        if (open.Count > 2)
            sequences.Add([.. open]);
        return sequences;
    }

    /// <summary>
    /// Chooses each ordinary token with the given probability, at least one of a sequence set; of the chosen, 80 % become
    /// <paramref name="mask"/>, 10 % a random token, 10 % stay. Returns the changed ids, positions (row × length + column, rows padded to the
    /// longest) and the true ids there.
    /// </summary>
    /// <param name="sequences">What to hide tokens in; not changed.</param>
    /// <param name="probability">Share of tokens to hide.</param>
    /// <param name="isSpecial">Which ids are never chosen.</param>
    /// <param name="mask">Id of [MASK].</param>
    /// <param name="vocabularySize">Random tokens are drawn below it.</param>
    /// <param name="random">Decides.</param>
    public static (int[][] Ids, long[] Positions, long[] Targets) Hide(
        IReadOnlyList<int[]> sequences, double probability, Func<int, bool> isSpecial, int mask, int vocabularySize, Random random)
    {
        var length = sequences.Max(sequence => sequence.Length);
        var changed = sequences.Select(sequence => (int[])sequence.Clone()).ToArray();
        List<long> positions = [], targets = [];
        for (var row = 0; row < changed.Length; row++)
            for (var column = 0; column < changed[row].Length; column++)
                if (!isSpecial(changed[row][column]) && random.NextDouble() < probability)
                    Choose(row, column);
        if (positions.Count == 0 && FirstOrdinary() is { } place)
            Choose(place.Row, place.Column);
        return (changed, [.. positions], [.. targets]);

        void Choose(int row, int column)
        {
            positions.Add(((long)row * length) + column);
            targets.Add(sequences[row][column]);
            var lot = random.NextDouble();
            if (lot < 0.8)
                changed[row][column] = mask;
            else if (lot < 0.9)
                changed[row][column] = random.Next(vocabularySize);
        }

        (int Row, int Column)? FirstOrdinary()
        {
            for (var row = 0; row < sequences.Count; row++)
                for (var column = 0; column < sequences[row].Length; column++)
                    if (!isSpecial(sequences[row][column]))
                        return (row, column);
            return null;
        }
    }
}
