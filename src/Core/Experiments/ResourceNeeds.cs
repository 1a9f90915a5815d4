using Nola.Core.Devices;

namespace Nola.Core.Experiments;

/// <summary>What one trial needs of the cluster.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.ResourceNeeds")]
public sealed record ResourceNeeds
{
    /// <summary>Kind of slot. Default: any device that trains.</summary>
    public SlotKind Slot { get; init; } = SlotKind.Device;

    /// <summary>Device kind asked for by the spec (<c>cpu</c> or <c>cuda</c>); null for any.</summary>
    public DeviceKind? Device { get; init; }

    /// <summary>Device memory in bytes that one trial needs; 0 when unknown.</summary>
    public long Memory { get; init; }
}
