using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;

namespace Nola.Grains.Placement;

/// <summary>Keeps grains of experiments off silos that only run trials.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NotOnWorkersAttribute() : PlacementFilterAttribute(new NotOnWorkers());

/// <summary>Keeps trials off silos that run none.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NotOnControlAttribute() : PlacementFilterAttribute(new NotOnControl());

internal sealed class NotOnWorkers() : PlacementFilterStrategy(1);

internal sealed class NotOnControl() : PlacementFilterStrategy(1);

/// <summary>
/// Leaves out the silos of one role. Where that leaves none, all may take the grain: an experiment on the wrong silo is better than no experiment.
/// A silo whose metadata has not arrived yet counts as fit.
/// </summary>
internal abstract class AvoidRoleFilter(ISiloMetadataCache metadata, string role) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy strategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        var all = silos.ToArray();
        var fit = all.Where(silo => metadata.GetSiloMetadata(silo).Metadata.GetValueOrDefault(SiloFacts.Role) != role).ToArray();
        return fit.Length > 0 ? fit : all;
    }
}

internal sealed class NotOnWorkersFilter(ISiloMetadataCache metadata) : AvoidRoleFilter(metadata, SiloFacts.Worker);

internal sealed class NotOnControlFilter(ISiloMetadataCache metadata) : AvoidRoleFilter(metadata, SiloFacts.Control);
