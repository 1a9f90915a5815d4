using Microsoft.Extensions.Logging;
using Nola.Contracts;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Grains.Catalog;
using Nola.Grains.Execution;
using Nola.Grains.Placement;

namespace Nola.Grains.Scheduling;

/// <summary>Issues leases; see <see cref="ISchedulerGrain"/>.</summary>
/// <remarks>
/// Epoch = generation·2³² + counter with a stored generation, so epochs never repeat. A lease is lost when its silo is dead in the
/// membership, or when its silo goes on reporting without it.
/// </remarks>
[GrainType("nola.scheduler")]
[NotOnWorkers]
[KeepAlive]
internal sealed class SchedulerGrain(
    [PersistentState("scheduler")] IPersistentState<SchedulerState> stored,
    IClusterMembershipService membership,
    TimeProvider time,
    ILogger<SchedulerGrain> logger) : Grain, ISchedulerGrain, IClusterGrain
{
    // A silo's report may have left before a lease reached it.
    private static readonly TimeSpan UnreportedLeaseLife = TimeSpan.FromSeconds(10);

    // After a crash, silos tell which leases they hold before any new one is issued.
    private static readonly TimeSpan SettlingTime = TimeSpan.FromSeconds(3);

    private readonly Dictionary<SiloAddress, SiloEntry> silos = [];
    private readonly Dictionary<TrialId, Grant> leases = [];
    private readonly Dictionary<(SiloAddress, string, int), int> tenants = []; // leases by slot
    private readonly FairQueue queue = new();
    private long counter;
    private long activatedAt;
    private long wokenAt;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        stored.State.Generation++;
        await stored.WriteStateAsync(cancellationToken);
        activatedAt = time.GetTimestamp();
        this.RegisterGrainTimer(Watch, new GrainTimerCreationOptions(TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(500)));
    }

    public Task Report(SiloReport report)
    {
        var isNew = !silos.TryGetValue(report.Silo, out var entry);
        if (isNew || !entry!.Devices.SequenceEqual(report.Devices))
        {
            silos[report.Silo] = entry = new(report);
            foreach (var grant in leases.Values.Where(grant => grant.Silo.Equals(report.Silo)))
                entry.Table(grant.Lease.Device)?.Put(grant.Lease.Slot, grant.Lease.Trial, grant.Work.Needs);
            if (isNew)
                logger.SiloJoined(report.Name, report.Devices.Length);
        }

        entry.Executor = report.Executor;
        entry.Notice = report.Notice;
        entry.ProgramFault = report.ProgramFault;
        entry.Trouble = report.Trouble;
        var held = report.Held.Select(item => item.Lease.Epoch).ToHashSet();
        foreach (var item in report.Held)
            Adopt(item, entry);
        foreach (var grant in leases.Values.Where(grant => grant.Silo.Equals(report.Silo) && !held.Contains(grant.Lease.Epoch)).ToArray())
        {
            if (time.GetElapsedTime(grant.IssuedAt) <= UnreportedLeaseLife)
                continue;
            logger.LeaseLost(grant.Lease.Trial.ToString(), grant.Lease.Epoch);
            Requeue(grant);
        }

        Pump();
        return Task.CompletedTask;
    }

    public Task Leave(SiloAddress silo)
    {
        if (silos.Remove(silo, out _))
            RequeueAll(silo);
        Pump();
        return Task.CompletedTask;
    }

    public Task Request(ImmutableArray<TrialWork> work)
    {
        foreach (var item in work)
        {
            if (!leases.ContainsKey(item.Spec.Id))
                queue.Add(item);
        }

        if (work.Any(item => item.Needs.Programs != ProgramKinds.None))
            AskForTests();
        Pump();
        return Task.CompletedTask;
    }

    public Task Release(TrialId trial, long epoch, bool again)
    {
        if (leases.TryGetValue(trial, out var grant) && grant.Lease.Epoch == epoch)
        {
            if (again)
                Requeue(grant);
            else
                Drop(grant);
        }

        Pump();
        return Task.CompletedTask;
    }

    public Task Withdraw(string experiment)
    {
        queue.RemoveAll(experiment);
        foreach (var grant in leases.Values.Where(grant => grant.Lease.Trial.Experiment == experiment))
        {
            grant.IsWithdrawn = true;
            if (silos.TryGetValue(grant.Silo, out var entry))
                entry.Executor.Stop(grant.Lease.Trial, grant.Lease.Epoch).Ignore();
        }

        return Task.CompletedTask;
    }

    public Task<Capacity> GetCapacity(ResourceNeeds needs)
    {
        var devices = silos.Values.SelectMany(entry => entry.Devices).ToArray();
        var slots = devices.Where(device => SlotTable.CanEver(device, needs)).Sum(device => device.Slots) * needs.Pack;
        var isTested = needs.Programs == ProgramKinds.None || !AskForTests();
        var refusal = slots > 0 || devices.Length == 0 || !isTested ? null : Refusals.Explain(needs, devices, Told(entry => entry.Notice), Told(entry => entry.ProgramFault));
        return Task.FromResult(new Capacity(slots, devices.Length, refusal, isTested && AllSilosHaveReported(), silos.Values.Select(entry => entry.Trouble).FirstOrDefault(trouble => trouble is not null)));
    }

    private string[] Told(Func<SiloEntry, string?> what) => [.. silos.Values.Where(entry => what(entry) is not null).Select(entry => $"{entry.Name}: {what(entry)}").Order(StringComparer.Ordinal)];

    // Whether some silo does not know yet which programs it runs; these are asked to find out.
    private bool AskForTests()
    {
        var untested = silos.Values.Where(entry => entry.Devices.Any(device => device is { Slot: SlotKind.Light, Programs: null })).ToArray();
        foreach (var entry in untested)
            entry.Executor.TestPrograms().Ignore();
        return untested.Length > 0;
    }

    public Task<ImmutableArray<Lease>> GetLeases(string experiment) =>
        Task.FromResult(leases.Values.Select(grant => grant.Lease).Where(lease => lease.Trial.Experiment == experiment).ToImmutableArray());

    public Task<ClusterStatus> GetStatus() => Task.FromResult(new ClusterStatus
    {
        Waiting = queue.Count,
        Silos =
        [
            .. silos.Select(pair => new Contracts.SiloStatus
            {
                Silo = pair.Key.ToString(),
                Name = pair.Value.Name,
                Devices = pair.Value.Devices,
                Notice = pair.Value.Notice,
                Leases = [.. leases.Values.Where(grant => grant.Silo.Equals(pair.Key)).Select(grant => grant.Lease)],
            }),
        ],
    });

    private async Task Watch()
    {
        foreach (var silo in silos.Keys.Where(silo => membership.CurrentSnapshot.GetSiloStatus(silo) is Orleans.Runtime.SiloStatus.Dead or Orleans.Runtime.SiloStatus.None).ToArray())
        {
            var entry = silos[silo];
            silos.Remove(silo);
            logger.SiloLost(entry.Name, RequeueAll(silo));
        }

        Pump();
        if (wokenAt != 0 && time.GetElapsedTime(wokenAt) < TimeSpan.FromSeconds(5))
            return;
        wokenAt = time.GetTimestamp();
        try
        {
            await GrainFactory.GetGrain<IWakeGrain>(0).WakeUnfinished();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The next round tries again.
            logger.HandoverFailed(exception, "(waking experiments)");
        }
    }

    private void Adopt(HeldLease item, SiloEntry entry)
    {
        if (leases.TryGetValue(item.Lease.Trial, out var known))
        {
            if (item.Lease.Epoch < known.Lease.Epoch)
                entry.Executor.Stop(item.Lease.Trial, item.Lease.Epoch).Ignore();
            return;
        }

        // Released a moment ago, by a message that overtook this report: its silo knows better at the next report.
        if (item.Lease.Epoch >> 32 == stored.State.Generation)
            return;
        entry.Table(item.Lease.Device)?.Put(item.Lease.Slot, item.Lease.Trial, item.Work.Needs);
        Hold(new(item.Lease, item.Work, entry.Silo, time.GetTimestamp()));
        queue.Remove(item.Lease.Trial); // its study may have asked before its silo told that it runs
    }

    private int RequeueAll(SiloAddress silo)
    {
        var lost = leases.Values.Where(grant => grant.Silo.Equals(silo)).ToArray();
        foreach (var grant in lost)
            Requeue(grant);
        return lost.Length;
    }

    private void Requeue(Grant grant)
    {
        Drop(grant);
        if (!grant.IsWithdrawn)
            queue.Add(grant.Work, first: true);
    }

    private void Drop(Grant grant)
    {
        leases.Remove(grant.Lease.Trial);
        if (tenants.Remove(grant.Place, out var count) && count > 1)
            tenants[grant.Place] = count - 1;
        else
            queue.Ended(grant.Lease.Trial.Experiment);
        if (silos.TryGetValue(grant.Silo, out var entry))
            entry.Table(grant.Lease.Device)?.Free(grant.Lease.Slot, grant.Lease.Trial);
    }

    private void Pump()
    {
        if (queue.Count == 0 || !AllSilosHaveReported())
            return;
        var progress = true;
        while (progress && queue.Count > 0)
        {
            progress = false;
            var ahead = new List<string>(); // experiments that deserve more and wait for a slot
            foreach (var experiment in queue.ByShare())
            {
                if ((TryIssue(queue.Peek(experiment)) ?? queue.PeekPacks(experiment).Select(work => TryPack(work, ahead)).FirstOrDefault(trial => trial is not null)) is { } issued)
                {
                    queue.Remove(issued);
                    progress = true;
                    break;
                }

                ahead.Add(experiment);
            }
        }
    }

    private bool AllSilosHaveReported() =>
        time.GetElapsedTime(activatedAt) > SettlingTime
        || membership.CurrentSnapshot.Members.Values.Where(member => member.Status == Orleans.Runtime.SiloStatus.Active).All(member => silos.ContainsKey(member.SiloAddress));

    // The trial, when it has got a slot for itself.
    private TrialId? TryIssue(TrialWork work)
    {
        foreach (var (entry, table) in TablesByLoad())
            if (table.TryTake(work.Spec.Id, work.Needs) is { } slot)
                return Issue(entry, table.Device, slot, work);
        return null;
    }

    // The trial, when it has got a place beside others of its study, in a slot that nobody else should have by now.
    private TrialId? TryPack(TrialWork work, IReadOnlyCollection<string> ahead)
    {
        foreach (var entry in silos.Values)
            foreach (var table in entry.Tables)
                if (!ahead.Any(other => SlotTable.CanEver(table.Device, queue.Peek(other).Needs) && !queue.Keeps(work.Spec.Id.Experiment, other))
                    && table.TryShare(work.Spec.Id, work.Needs) is { } slot)
                    return Issue(entry, table.Device, slot, work);
        return null;
    }

    private TrialId Issue(SiloEntry entry, Device device, int slot, TrialWork work)
    {
        var lease = new Lease
        {
            Trial = work.Spec.Id,
            Epoch = (stored.State.Generation << 32) + ++counter,
            Silo = entry.Silo.ToString(),
            Device = device.Id,
            Slot = slot,
        };
        Hold(new(lease, work, entry.Silo, time.GetTimestamp()));
        HandOver(entry, lease, work).Ignore();
        return lease.Trial;
    }

    // Trials that share a slot hold one slot of the experiment's share.
    private void Hold(Grant grant)
    {
        leases[grant.Lease.Trial] = grant;
        tenants[grant.Place] = tenants.GetValueOrDefault(grant.Place) + 1;
        if (tenants[grant.Place] == 1)
            queue.Started(grant.Lease.Trial.Experiment);
    }

    // Trials go where the fewest run; among equals the silo's name decides, so the order does not depend on who reported first.
    private IEnumerable<(SiloEntry Entry, SlotTable Table)> TablesByLoad() => silos.Values
        .SelectMany(entry => entry.Tables, (entry, table) => (Entry: entry, Table: table))
        .OrderBy(pair => pair.Table.Taken)
        .ThenBy(pair => pair.Entry.Name, StringComparer.Ordinal);

    private async Task HandOver(SiloEntry entry, Lease lease, TrialWork work)
    {
        try
        {
            if (await entry.Executor.Run(lease, work))
                return;
            // Refused for certain: nothing runs, so another lease may be issued at the next round.
            if (leases.TryGetValue(lease.Trial, out var grant) && grant.Lease.Epoch == lease.Epoch)
                Requeue(grant);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // It may run or not: the silo's reports, or its death, decide.
            logger.HandoverFailed(exception, lease.Trial.ToString());
        }
    }

    private sealed record Grant(Lease Lease, TrialWork Work, SiloAddress Silo, long IssuedAt)
    {
        public bool IsWithdrawn { get; set; }

        public (SiloAddress, string, int) Place => (Silo, Lease.Device, Lease.Slot);
    }

    private sealed class SiloEntry(SiloReport report)
    {
        public SiloAddress Silo { get; } = report.Silo;
        public string Name { get; } = report.Name;
        public ImmutableArray<Device> Devices { get; } = report.Devices;
        public ImmutableArray<SlotTable> Tables { get; } = [.. report.Devices.Select(device => new SlotTable(device))];
        public ITrialExecutor Executor { get; set; } = report.Executor;
        public string? Notice { get; set; } = report.Notice;
        public string? ProgramFault { get; set; } = report.ProgramFault;
        public string? Trouble { get; set; } = report.Trouble;

        public SlotTable? Table(string device) => Tables.FirstOrDefault(table => table.Device.Id == device);
    }
}
