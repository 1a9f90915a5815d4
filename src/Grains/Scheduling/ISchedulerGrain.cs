using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Grains.Execution;

namespace Nola.Grains.Scheduling;

/// <summary>Issues leases on device slots; there is one, with key 0. Its state is soft: silos and studies tell it again after a crash.</summary>
[Alias("nola.ISchedulerGrain")]
public interface ISchedulerGrain : IGrainWithIntegerKey
{
    /// <summary>A silo tells what it has and which leases it holds, about once a second.</summary>
    [Alias("Report"), ResponseTimeout("00:00:10")]
    Task Report(SiloReport report);

    /// <summary>A silo stops: its slots are no longer offered.</summary>
    [Alias("Leave"), ResponseTimeout("00:00:10")]
    Task Leave(SiloAddress silo);

    /// <summary>Asks for a lease for each trial. What is queued or leased already stays as it is.</summary>
    [Alias("Request"), ResponseTimeout("00:00:10")]
    Task Request(ImmutableArray<TrialWork> work);

    /// <summary>A slot is free again. A trial that is to be tried <paramref name="again"/> is the next of its experiment, unless that was withdrawn.</summary>
    [Alias("Release"), ResponseTimeout("00:00:10")]
    Task Release(TrialId trial, long epoch, bool again);

    /// <summary>Takes trials of an experiment out of the queue and off their slots; whatever becomes of their leases, they are not queued again.</summary>
    [Alias("Withdraw"), ResponseTimeout("00:00:10")]
    Task Withdraw(string experiment);

    /// <summary>What the cluster could run at once for these needs.</summary>
    [Alias("GetCapacity"), ResponseTimeout("00:00:10")]
    Task<Capacity> GetCapacity(ResourceNeeds needs);

    /// <summary>Leases held now for one experiment.</summary>
    [Alias("GetLeases"), ResponseTimeout("00:00:10")]
    Task<ImmutableArray<Lease>> GetLeases(string experiment);
}

/// <summary>What a silo has and does.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.SiloReport")]
public sealed record SiloReport
{
    public required SiloAddress Silo { get; init; }
    public required string Name { get; init; }
    public required ITrialExecutor Executor { get; init; }
    public ImmutableArray<Device> Devices { get; init; } = [];
    public ImmutableArray<HeldLease> Held { get; init; } = [];

    /// <summary>Why some of its devices are not offered; null when all are.</summary>
    public string? Notice { get; init; }

    /// <summary>Why its sandbox does not run all programs; null when it does, or was not tested.</summary>
    public string? ProgramFault { get; init; }

    /// <summary>Why what its trials have to tell is not stored; null when it is.</summary>
    public string? Trouble { get; init; }
}

/// <summary>A lease that a silo works on.</summary>
[GenerateSerializer]
[Alias("nola.HeldLease")]
public sealed record HeldLease([property: Id(0)] Lease Lease, [property: Id(1)] TrialWork Work);

/// <summary>Slots of the cluster that fit some needs.</summary>
/// <param name="Slots">Slots that fit, free or not.</param>
/// <param name="Devices">Devices of the cluster of whatever kind.</param>
/// <param name="Refusal">Why no device could ever run it, with a remedy; null when one can or that is not known yet.</param>
/// <param name="IsComplete">Whether every silo of the cluster has told what it has, and which programs it runs if that matters.</param>
/// <param name="Trouble">Why what trials have to tell is not stored, as one of the silos has it; null when it is.</param>
[GenerateSerializer]
[Alias("nola.Capacity")]
public sealed record Capacity(
    [property: Id(0)] int Slots,
    [property: Id(1)] int Devices,
    [property: Id(2)] string? Refusal,
    [property: Id(3)] bool IsComplete,
    [property: Id(4)] string? Trouble = null);
