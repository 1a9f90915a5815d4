using Nola.Core.Devices;
using Nola.Silo.Storage;

namespace Nola.Silo.Hosting;

/// <summary>What a silo is and has.</summary>
public sealed record SiloSettings
{
    /// <summary>Where grain state is kept.</summary>
    public required StorageOptions Storage { get; init; }

    /// <summary>Folder for checkpoints, adapters and predictions; shared by all silos of a cluster.</summary>
    public required string ArtifactFolder { get; init; }

    /// <summary>Devices on which trials train, besides the light slots that every silo has.</summary>
    public ImmutableArray<Device> Devices { get; init; } = [];

    /// <summary>Port for other silos; 0 takes a free one. Default: 0.</summary>
    public int SiloPort { get; init; }

    /// <summary>Port for clients; 0 takes a free one. Default: 0.</summary>
    public int GatewayPort { get; init; }

    /// <summary>File for the silo's log; null for none.</summary>
    public string? LogFile { get; init; }
}
