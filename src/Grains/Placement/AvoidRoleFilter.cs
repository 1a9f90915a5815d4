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
/// A silo whose role has not arrived yet is taken before those, but never before one that is known to fit: a worker that has just joined would
/// get experiments for the moment until it is known as a worker, and keep them.
/// </summary>
internal class AvoidRoleFilter(Func<SiloAddress, SiloRole?> getRole, SiloRole avoided) : IPlacementFilterDirector
{
    private enum Fitness
    {
        Fits,
        Unknown,
        Avoided,
    }

    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy strategy, PlacementTarget target, IEnumerable<SiloAddress> silos) =>
        silos.GroupBy(GetFitness).MinBy(group => group.Key) ?? Enumerable.Empty<SiloAddress>();

    private Fitness GetFitness(SiloAddress silo) => getRole(silo) is not { } role ? Fitness.Unknown : role == avoided ? Fitness.Avoided : Fitness.Fits;
}

internal sealed class NotOnWorkersFilter(ISiloMetadataCache metadata) : AvoidRoleFilter(metadata.GetRole, SiloRole.Worker);

internal sealed class NotOnControlFilter(ISiloMetadataCache metadata) : AvoidRoleFilter(metadata.GetRole, SiloRole.Control);
