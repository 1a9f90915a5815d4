namespace Nola.Reasoning.Scoring;

/// <summary>
/// The Correct Reasoning Score (CRS) of CodeMind, arXiv 2402.09664: 1 when prediction and truth are the same text after normalisation, else 0. The
/// mean over a set of problems is the Correct Reasoning Rate (CRR).
/// </summary>
public static class CorrectReasoning
{
    /// <summary>Ends an answer.</summary>
    public const string EndOfResponse = "[END-OF-RESPONSE]";

    /// <summary>
    /// Whether a prediction scores 1. Newlines (line feeds and carriage returns) and spaces are removed, <c>"</c> becomes <c>'</c>, at most one leading and one trailing <c>'</c> or
    /// backtick is dropped on each side. A missing prediction is wrong.
    /// </summary>
    public static bool Score(string? prediction, string truth) =>
        prediction is not null && Normalise(prediction.Replace(EndOfResponse, "", StringComparison.Ordinal)) == Normalise(truth);

    private static string Normalise(string text)
    {
        var plain = text.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).Replace('"', '\'').AsSpan();
        if (plain is ['\'' or '`', ..])
            plain = plain[1..];
        if (plain is [.., '\'' or '`'])
            plain = plain[..^1];
        return plain.ToString();
    }
}
