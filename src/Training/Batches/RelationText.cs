using Nola.Core.Experiments;
using Nola.Training.Tokenizers;

namespace Nola.Training.Batches;

/// <summary>Texts with two marked entities as sequences that keep both of them, however long the text is.</summary>
public static class RelationText
{
    /// <summary>
    /// The text with its marks as one sequence. A longer text is cut to what lies around its entities, as much before them as behind; entities that are too
    /// far apart keep their own surroundings, and what lies between is left out.
    /// </summary>
    /// <param name="tokenizer">Reads the marks like any other text.</param>
    /// <param name="text">Its entities are marked; a text without marks is cut at its end.</param>
    /// <param name="markers">How they are marked.</param>
    /// <param name="maxLength">Longest sequence in tokens, special tokens included.</param>
    public static int[] Encode(Tokenizer tokenizer, string text, EntityMarkers markers, int maxLength)
    {
        var tokens = tokenizer.Split(text);
        var room = Math.Max(1, maxLength - tokenizer.Join([], null).Length);
        return tokenizer.Join([.. Kept(tokens, markers.Find(text) ?? (0, 0), room).Select(token => token.Id)], null);
    }

    private static IEnumerable<Token> Kept(IReadOnlyList<Token> tokens, (int Start, int End) entities, int room)
    {
        if (tokens.Count <= room)
            return tokens;
        var first = tokens.TakeWhile(token => token.End <= entities.Start).Count();
        var end = tokens.TakeWhile(token => token.Start < entities.End).Count();
        if (end - first > room)
            return [.. tokens.Skip(first).Take(room / 2), .. tokens.Take(end).TakeLast(room - (room / 2))];
        var start = Math.Clamp(first - ((room - (end - first)) / 2), 0, tokens.Count - room);
        return tokens.Skip(start).Take(room);
    }
}
