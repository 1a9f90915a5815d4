using Microsoft.Extensions.Logging;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Nola.Grains.Placement;

/// <summary>
/// Lets a silo take work only when it knows the silos that are there already. Orleans asks them for their grains and metadata in the background, and
/// a silo that has no answer yet takes itself for the only one that fits: it would place the scheduler and experiments on itself.
/// </summary>
internal sealed partial class Introduction(IClusterMembershipService membership, ILocalSiloDetails local, IClusterManifestProvider manifests, ISiloMetadataCache metadata, ILogger<Introduction> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    // Membership finds out in as much about a silo that does not answer.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    // The gateway opens and the executor begins in the stage after this one, which waits for it.
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe<Introduction>(ServiceLifecycleStage.BecomeActive, WaitForOthers);

    private async Task WaitForOthers(CancellationToken cancellation)
    {
        if (Members(SiloStatus.Active, SiloStatus.Joining).All(silo => silo == local.SiloAddress))
            return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (Strangers().Any())
                await timer.WaitForNextTickAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            StillUnknown(string.Join(", ", Strangers()));
        }
    }

    private IEnumerable<SiloAddress> Members(params SiloStatus[] statuses) =>
        membership.CurrentSnapshot.Members.Values.Where(member => statuses.Contains(member.Status)).Select(member => member.SiloAddress);

    // Without the one or the other no grain, or not the right one, is placed there. It is one itself as long as it is not active.
    private IEnumerable<SiloAddress> Strangers() =>
        Members(SiloStatus.Active).Union([local.SiloAddress]).Where(silo => !manifests.Current.Silos.ContainsKey(silo) || metadata.GetRole(silo) is null);

    [LoggerMessage(25, LogLevel.Warning, "These silos have not said in time what they are; new grains may land on the wrong silo: {Silos}.")]
    private partial void StillUnknown(string silos);
}
