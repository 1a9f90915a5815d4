using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Nola.Grains.Placement;

/// <summary>What a silo tells others about itself through Orleans' silo metadata; fixed while it lives.</summary>
internal static class SiloFacts
{
    private const string RoleKey = "nola.role";

    public static Dictionary<string, string> Of(SiloRole role) => new() { [RoleKey] = role.ToString() };

    /// <summary>The role of a silo; null as long as this silo has not heard of it, and where it is one that only another version knows.</summary>
    public static SiloRole? GetRole(this ISiloMetadataCache metadata, SiloAddress silo) =>
        Enum.TryParse<SiloRole>(metadata.GetSiloMetadata(silo).Metadata.GetValueOrDefault(RoleKey), out var role) ? role : null;
}
