using Nola.Core.Devices;

namespace Nola.Contracts;

/// <summary>What the cluster has and does; there is one, with key 0.</summary>
[Alias("nola.IClusterGrain")]
public interface IClusterGrain : IGrainWithIntegerKey
{
    /// <summary>Silos, devices, slots and what runs on them.</summary>
    [Alias("GetStatus"), ResponseTimeout("00:00:30")]
    Task<ClusterStatus> GetStatus();
}

/// <summary>The cluster at a glance.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.ClusterStatus")]
public sealed record ClusterStatus
{
    public ImmutableArray<SiloStatus> Silos { get; init; } = [];

    /// <summary>Trials waiting for a slot.</summary>
    public int Waiting { get; init; }
}

/// <summary>One silo at a glance.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.SiloStatus")]
public sealed record SiloStatus
{
    public required string Silo { get; init; }
    public required string Name { get; init; }
    public ImmutableArray<Device> Devices { get; init; } = [];
    public ImmutableArray<Lease> Leases { get; init; } = [];

    /// <summary>Why some of its devices are not offered, one sentence; null when all are.</summary>
    public string? Notice { get; init; }
}
