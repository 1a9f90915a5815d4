using Nola.Core.Devices;

namespace Nola.Grains.Execution;

/// <summary>Divides the time for which a slot is held between the attempts on it: each is charged equal parts while they are there together.</summary>
internal sealed class SlotTimes(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Device, int Slot), Slot> slots = [];

    /// <summary>An attempt begins to hold the lease's slot.</summary>
    public Share Enter(Lease lease)
    {
        lock (gate)
        {
            if (!slots.TryGetValue((lease.Device, lease.Slot), out var slot))
                slots[(lease.Device, lease.Slot)] = slot = new(time.GetTimestamp());
            var share = new Share();
            slot.Pass(time);
            slot.Shares.Add(share);
            return share;
        }
    }

    /// <summary>The device time of an attempt until now.</summary>
    public TimeSpan Of(Lease lease, Share share)
    {
        lock (gate)
        {
            if (slots.TryGetValue((lease.Device, lease.Slot), out var slot))
                slot.Pass(time);
            return share.Time;
        }
    }

    /// <summary>An attempt gives the slot up.</summary>
    public void Leave(Lease lease, Share share)
    {
        lock (gate)
        {
            if (!slots.TryGetValue((lease.Device, lease.Slot), out var slot))
                return;
            slot.Pass(time);
            slot.Shares.Remove(share);
            if (slot.Shares.Count == 0)
                slots.Remove((lease.Device, lease.Slot));
        }
    }

    /// <summary>What one attempt is charged.</summary>
    internal sealed class Share
    {
        public TimeSpan Time { get; set; }
    }

    private sealed class Slot(long at)
    {
        private long at = at;

        public List<Share> Shares { get; } = [];

        public void Pass(TimeProvider time)
        {
            var now = time.GetTimestamp();
            foreach (var share in Shares)
                share.Time += time.GetElapsedTime(at, now) / Shares.Count;
            at = now;
        }
    }
}
