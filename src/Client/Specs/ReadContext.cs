namespace Nola.Client.Specs;

/// <summary>What reading a spec file needs besides its nodes.</summary>
/// <param name="Problems">Where problems go.</param>
/// <param name="Folder">Folder of the spec file; relative paths begin here.</param>
/// <param name="Settings">Where names are looked up.</param>
/// <param name="TakesAnyParameter">Whether the spec's task leaves names and ranges of parameters to the user.</param>
internal sealed record ReadContext(Problems Problems, string Folder, SpecSettings Settings, bool TakesAnyParameter)
{
    /// <summary>Full path of a path that stands in the spec.</summary>
    public string PathOf(string typed) => Path.GetFullPath(Path.Combine(Folder, typed));
}
