using Nola.Core.Trials;

namespace Nola.Core.Devices;

/// <summary>
/// The right to run one trial on one device slot. Only the newest epoch of a trial may report.
/// </summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.Lease")]
public sealed record Lease
{
    /// <summary>The trial it is for.</summary>
    public required TrialId Trial { get; init; }

    /// <summary>Grows with every lease the scheduler issues; never repeats, also across restarts of the scheduler.</summary>
    public required long Epoch { get; init; }

    /// <summary>The silo's address as Orleans prints it.</summary>
    public required string Silo { get; init; }

    /// <summary>The device's id on that silo.</summary>
    public required string Device { get; init; }

    /// <summary>Index of the slot on that device, from 0.</summary>
    public required int Slot { get; init; }
}
