using System.Text.RegularExpressions;

namespace Nola.Data.Hub;

/// <summary>A model on the Hugging Face hub, written <c>hf:org/name@revision</c>.</summary>
/// <param name="Repository">Such as <c>google-bert/bert-base-uncased</c>; old models have no organisation.</param>
/// <param name="Revision">A branch, a tag or a commit; null for the newest commit of the main branch.</param>
public sealed partial record HubReference(string Repository, string? Revision)
{
    private const string Prefix = "hf:";

    /// <summary>The commit, in full, where the revision is one: such a reference means the same bytes for ever.</summary>
    public string? Commit => Revision is not null && Hash().IsMatch(Revision) ? Revision : null;

    /// <summary>The repository without its organisation.</summary>
    public string Name => Repository[(Repository.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>Whether something that stands where a folder may stand is meant as a reference.</summary>
    public static bool Is(string typed) => typed.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Reads what <see cref="Is"/> accepts.</summary>
    /// <exception cref="FormatException">It names no repository; the message says what would be right.</exception>
    public static HubReference Parse(string typed)
    {
        var (repository, revision) = typed[Prefix.Length..].Split('@', 2) is [var before, var after] ? (before, after) : (typed[Prefix.Length..], null);
        return Repositories().IsMatch(repository) && revision is null or { Length: > 0 } && !repository.Contains("..", StringComparison.Ordinal)
            ? new(repository, revision)
            : throw new FormatException($"'{typed}' names no model of the Hugging Face hub; write {Prefix}org/name or {Prefix}org/name@revision");
    }

    public override string ToString() => Revision is null ? Prefix + Repository : $"{Prefix}{Repository}@{Revision}";

    [GeneratedRegex(@"^(\w[\w.-]{0,95}/)?\w[\w.-]{0,95}$")]
    private static partial Regex Repositories();

    [GeneratedRegex("^[0-9a-f]{40}$")]
    private static partial Regex Hash();
}
