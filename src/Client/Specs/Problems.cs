using Nola.Client.Specs.Yaml;

namespace Nola.Client.Specs;

/// <summary>Collects the problems of one spec file while it is read.</summary>
internal sealed class Problems(string file)
{
    private readonly List<(Mark At, SpecProblem Problem)> all = [];

    /// <summary>The spec file, as the user named it.</summary>
    public string File => file;

    /// <summary>Number of problems so far.</summary>
    public int Count => all.Count;

    /// <summary>Adds a problem of the spec file.</summary>
    public void Add(Mark at, string message, string? remedy = null) => all.Add((at, new(file, at.Line, at.Column, message, remedy)));

    /// <summary>Adds a problem of another file, which the spec names at <paramref name="at"/>.</summary>
    public void AddForeign(Mark at, string foreign, long line, string message, string? remedy = null) =>
        all.Add((at, new(foreign, (int)line, 0, message, remedy)));

    /// <summary>All problems in the order of the spec file.</summary>
    public ImmutableArray<SpecProblem> InOrder() => [.. all.OrderBy(item => item.At.Line).ThenBy(item => item.At.Column).Select(item => item.Problem).Distinct()];
}
