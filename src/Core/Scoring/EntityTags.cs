namespace Nola.Core.Scoring;

/// <summary>
/// Tags of words that mark entities: O outside, else a letter and a type, such as B-Disease. B begins an entity, I goes on, E ends one, S is one of a
/// single word (IOB1, IOB2, IOE, IOBES).
/// </summary>
public static class EntityTags
{
    /// <summary>The tag of words outside.</summary>
    public const string Outside = "O";

    /// <summary>Whether this is a tag: O, or B-, I-, E- or S- with a type behind it.</summary>
    public static bool IsTag(string tag) => tag == Outside || (tag.Length > 2 && tag[0] is 'B' or 'I' or 'E' or 'S' && tag[1] == '-');

    /// <summary>The type that a tag names; empty for O.</summary>
    public static string TypeOf(string tag) => tag.Length > 2 ? tag[2..] : "";

    /// <summary>
    /// The entities of a sentence, first and last word included. An entity that begins without B, as models predict it, counts as one (seqeval's
    /// default mode, after the CoNLL evaluation script).
    /// </summary>
    public static IEnumerable<(string Type, int First, int Last)> Entities(IReadOnlyList<string> tags)
    {
        var (before, first) = (Outside, 0);
        for (var word = 0; word <= tags.Count; word++)
        {
            var tag = word < tags.Count ? tags[word] : Outside;
            if (Ends(before, tag))
                yield return (TypeOf(before), first, word - 1);
            if (Begins(before, tag))
                first = word;
            before = tag;
        }
    }

    private static bool Ends(string before, string tag) =>
        before[0] is 'E' or 'S' || (before[0] is 'B' or 'I' && (tag[0] is 'B' or 'S' or 'O' || TypeOf(before) != TypeOf(tag)));

    private static bool Begins(string before, string tag) =>
        tag[0] is 'B' or 'S' || (tag[0] is 'I' or 'E' && (before[0] is 'E' or 'S' or 'O' || TypeOf(before) != TypeOf(tag)));
}
