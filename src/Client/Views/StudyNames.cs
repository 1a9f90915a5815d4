namespace Nola.Client.Views;

/// <summary>The names of an experiment's studies, without what all of them have in common.</summary>
/// <param name="Common">The parts that are the same in all names; empty when there are none.</param>
/// <param name="Own">The rest of each name, in order.</param>
internal sealed record StudyNames(string Common, IReadOnlyList<string> Own)
{
    private const string Separator = " / ";

    /// <summary>Takes names such as <c>nola-mini / notes / lora</c> apart. A single study keeps its whole name.</summary>
    public static StudyNames Of(IReadOnlyList<string> names)
    {
        var parts = names.Select(name => name.Split(Separator)).ToArray();
        if (parts.Length < 2 || parts.Any(name => name.Length != parts[0].Length))
            return new("", names);
        var differs = Enumerable.Range(0, parts[0].Length).Where(index => parts.Any(name => name[index] != parts[0][index])).ToHashSet();
        return differs.Count == 0
            ? new("", names)
            : new(
                string.Join(Separator, parts[0].Where((_, index) => !differs.Contains(index))),
                [.. parts.Select(name => string.Join(Separator, name.Where((_, index) => differs.Contains(index))))]);
    }
}
