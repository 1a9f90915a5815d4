namespace Nola.Client.Specs.Yaml;

/// <summary>A place in a file.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal readonly record struct Mark(int Line, int Column)
{
    /// <summary>The beginning of a file.</summary>
    public static Mark Start { get; } = new(1, 1);
}
