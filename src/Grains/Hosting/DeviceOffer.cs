using Nola.Core.Devices;

namespace Nola.Grains.Hosting;

/// <summary>What a silo found when it tested its devices.</summary>
/// <param name="Devices">The devices that work.</param>
/// <param name="Notice">Why others do not, one sentence; null when all work.</param>
public sealed record DeviceOffer(ImmutableArray<Device> Devices, string? Notice);

/// <summary>What a silo found when it tested its sandbox.</summary>
/// <param name="Programs">Programs that it runs.</param>
/// <param name="Fault">Why it runs no others and what would help, one clause; null when it runs all kinds.</param>
public sealed record ProgramOffer(ProgramKinds Programs, string? Fault);
