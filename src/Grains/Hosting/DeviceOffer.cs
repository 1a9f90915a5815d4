using Nola.Core.Devices;

namespace Nola.Grains.Hosting;

/// <summary>What a silo found when it tested its devices.</summary>
/// <param name="Devices">The devices that work.</param>
/// <param name="Notice">Why others do not, one sentence; null when all work.</param>
public sealed record DeviceOffer(ImmutableArray<Device> Devices, string? Notice);
