using Nola.Data.Catalogue;

namespace Nola.Client.Specs;

/// <summary>Where names in spec files are looked up.</summary>
public sealed record SpecSettings
{
    /// <summary>Folders that hold built-in models. Default: <see cref="ModelCatalogue.DefaultFolders"/>.</summary>
    public ImmutableArray<string> ModelFolders { get; init; } = ModelCatalogue.DefaultFolders();

    /// <summary>Folder in which built-in datasets are kept. Default: <see cref="BuiltInDatasets.DefaultFolder"/>.</summary>
    public string DataFolder { get; init; } = BuiltInDatasets.DefaultFolder();

    /// <summary>Whether the datasets' files are read and checked. Default: true.</summary>
    public bool ReadsData { get; init; } = true;
}
