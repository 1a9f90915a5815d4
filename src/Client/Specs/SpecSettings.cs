using Nola.Data.Catalogue;
using Nola.Data.Downloads;
using Nola.Data.Hub;

namespace Nola.Client.Specs;

/// <summary>Where names in spec files are looked up.</summary>
public sealed record SpecSettings
{
    /// <summary>Folders that hold built-in models. Default: <see cref="ModelCatalogue.DefaultFolders"/>.</summary>
    public ImmutableArray<string> ModelFolders { get; init; } = ModelCatalogue.DefaultFolders();

    /// <summary>Folder in which built-in datasets are kept. Default: <see cref="BuiltInDatasets.DefaultFolder"/>.</summary>
    public string DataFolder { get; init; } = BuiltInDatasets.DefaultFolder();

    /// <summary>Brings a model of the Hugging Face hub here; throws <see cref="DownloadException"/>. Default: from the hub that the environment names.</summary>
    public Func<HubReference, HubModel> Hub { get; init; } = reference =>
    {
        using var hub = new ModelHub(HubSettings.FromEnvironment());
        return hub.Bring(reference, null, CancellationToken.None).GetAwaiter().GetResult();
    };

    /// <summary>Whether the datasets' files are read and checked. Default: true.</summary>
    public bool ReadsData { get; init; } = true;
}
