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

    /// <summary>Programs that are run in the sandbox to judge its trials. Default: none.</summary>
    public ProgramKinds Programs { get; init; }

    /// <summary>Trials of one study that may share a slot, and with it their base model; 1 for none. Default: 1.</summary>
    public int Pack { get; init; } = 1;

    /// <summary>What <see cref="Pack"/> is when the spec leaves it to Nola.</summary>
    public const int AutomaticPack = 8;
}
