using System.Text.Json;
using System.Text.RegularExpressions;

namespace Nola.Training.Tokenizers;

/// <summary>A token that is found in the text as it is written, before anything else is done to it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Content">How it is written.</param>
/// <param name="IsSpecial">Whether it stands for no text.</param>
/// <param name="TakesSpaceBefore">Whether white space before it belongs to it.</param>
/// <param name="TakesSpaceBehind">Whether white space behind it belongs to it.</param>
/// <param name="IsWord">Whether it counts only where no letter or digit touches it.</param>
public sealed record AddedToken(int Id, string Content, bool IsSpecial, bool TakesSpaceBefore = false, bool TakesSpaceBehind = false, bool IsWord = false);

/// <summary>The added tokens of a vocabulary; finds them in texts. Of several that begin at one place the longest counts.</summary>
public sealed class AddedTokens
{
    private readonly Dictionary<string, AddedToken> byContent;
    private readonly HashSet<int> specials;
    private readonly Regex? pattern;

    public AddedTokens(IEnumerable<AddedToken> tokens)
    {
        byContent = tokens.Where(token => token.Content.Length > 0).DistinctBy(token => token.Content).ToDictionary(token => token.Content, StringComparer.Ordinal);
        specials = [.. byContent.Values.Where(token => token.IsSpecial).Select(token => token.Id)];
        if (byContent.Count > 0)
            pattern = new(string.Join('|', byContent.Values.OrderByDescending(token => token.Content.Length).Select(Pattern)), RegexOptions.CultureInvariant);
    }

    /// <summary>All of them.</summary>
    public IEnumerable<AddedToken> All => byContent.Values;

    /// <summary>The token that is written so, or null.</summary>
    public AddedToken? Find(string content) => byContent.GetValueOrDefault(content);

    /// <summary>Whether the id is that of a special token.</summary>
    public bool IsSpecial(int id) => specials.Contains(id);

    /// <summary>The <c>added_tokens</c> of a tokenizer.json.</summary>
    public static AddedTokens Read(JsonElement file)
    {
        return new(file.TryGetProperty("added_tokens", out var list)
            ? list.EnumerateArray().Select(item => new AddedToken(
                item.GetProperty("id").GetInt32(), item.GetProperty("content").GetString()!, Flag(item, "special"), Flag(item, "lstrip"), Flag(item, "rstrip"), Flag(item, "single_word")))
            : []);

        static bool Flag(JsonElement item, string key) => item.TryGetProperty(key, out var value) && value.GetBoolean();
    }

    /// <summary>
    /// The text in parts: added tokens, and what lies between them (where the token is null). Empty parts are left out.
    /// </summary>
    public IEnumerable<(int Start, int End, AddedToken? Token)> Split(string text)
    {
        var start = 0;
        if (pattern is not null)
            foreach (Match match in pattern.Matches(text))
            {
                if (match.Index > start)
                    yield return (start, match.Index, null);
                start = match.Index + match.Length;
                yield return (match.Index, start, Find(match.Value) ?? byContent[match.Value.Trim()]);
            }

        if (start < text.Length)
            yield return (start, text.Length, null);
    }

    private static string Pattern(AddedToken token)
    {
        var text = Regex.Escape(token.Content);
        if (token.IsWord)
            text = $@"(?<!\w){text}(?!\w)";
        return (token.TakesSpaceBefore ? @"\s*" : "") + text + (token.TakesSpaceBehind ? @"\s*" : "");
    }
}
