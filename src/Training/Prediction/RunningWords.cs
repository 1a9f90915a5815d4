using Nola.Core.Workers;

namespace Nola.Training.Prediction;

/// <summary>The words of a text: those that are told, else what stands between spaces, and each punctuation mark as a word of its own, as CoNLL files have them.</summary>
internal static class RunningWords
{
    /// <summary>First character and number of characters of each word.</summary>
    public static IReadOnlyList<(int Start, int Length)> Of(TextToClassify text) => text.Words is { } told ? Told(told) : Split(text.Text);

    private static List<(int, int)> Told(ImmutableArray<string> words)
    {
        var (spans, start) = (new List<(int, int)>(words.Length), 0);
        foreach (var word in words)
        {
            spans.Add((start, word.Length));
            start += word.Length + 1;
        }

        return spans;
    }

    private static List<(int, int)> Split(string text)
    {
        var spans = new List<(int, int)>();
        for (var at = 0; at < text.Length;)
        {
            var end = at + 1;
            if (IsOfWord(text[at]))
                while (end < text.Length && IsOfWord(text[end]))
                    end++;
            if (!char.IsWhiteSpace(text[at]))
                spans.Add((at, end - at));
            at = end;
        }

        return spans;
    }

    private static bool IsOfWord(char character) => !char.IsWhiteSpace(character) && !char.IsPunctuation(character) && !char.IsSymbol(character);
}
