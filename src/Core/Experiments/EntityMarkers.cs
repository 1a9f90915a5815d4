namespace Nola.Core.Experiments;

/// <summary>How a text marks the two entities whose relation is asked for, such as <c>&lt;&lt; aspirin &gt;&gt; blocks [[ COX-1 ]]</c>.</summary>
/// <param name="FirstOpen">Stands before the first entity.</param>
/// <param name="FirstClose">Stands behind it.</param>
/// <param name="SecondOpen">Stands before the second entity, which may come earlier in the text.</param>
/// <param name="SecondClose">Stands behind it.</param>
[GenerateSerializer]
[Alias("nola.EntityMarkers")]
public sealed record EntityMarkers(
    [property: Id(0)] string FirstOpen, [property: Id(1)] string FirstClose, [property: Id(2)] string SecondOpen, [property: Id(3)] string SecondClose)
{
    /// <summary>Those of ChemProt as SciBERT prepared it.</summary>
    public static EntityMarkers Default { get; } = new("<<", ">>", "[[", "]]");

    /// <summary>From where to where both entities reach in a text, their marks included; null when one of them is not marked.</summary>
    public (int Start, int End)? Find(string text) => Find(text, FirstOpen, FirstClose) is { } first && Find(text, SecondOpen, SecondClose) is { } second
        ? (Math.Min(first.Start, second.Start), Math.Max(first.End, second.End))
        : null;

    // Marks stand off their entity by a space where the text has the same signs elsewhere, as in chemical names.
    private static (int Start, int End)? Find(string text, string open, string close)
    {
        var start = text.IndexOf(open + " ", StringComparison.Ordinal) is >= 0 and var spaced ? spaced : text.IndexOf(open, StringComparison.Ordinal);
        if (start < 0)
            return null;
        var inside = start + open.Length;
        var end = text.IndexOf(" " + close, inside, StringComparison.Ordinal) is >= 0 and var apart ? apart + 1 : text.IndexOf(close, inside, StringComparison.Ordinal);
        return end < 0 ? null : (start, end + close.Length);
    }
}
