using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Core.Trials;

namespace Nola.Grains.Scheduling;

/// <summary>Which slot of one device holds which trial.</summary>
internal sealed class SlotTable(Device device)
{
    private readonly TrialId?[] slots = new TrialId?[device.Slots];
    private readonly long[] memory = new long[device.Slots];

    public Device Device { get; } = device;

    /// <summary>Slots in use.</summary>
    public int Taken { get; private set; }

    /// <summary>Why the device could never run it; null when it can.</summary>
    public static bool CanEver(Device device, ResourceNeeds needs) =>
        device.Slots > 0
        && device.Slot == needs.Slot
        && (needs.Device is null || needs.Device == device.Kind)
        && (device.Memory == 0 || needs.Memory <= device.Memory);

    /// <summary>A slot for the trial, or null when none is free or the memory is in use.</summary>
    public int? TryTake(TrialId trial, ResourceNeeds needs)
    {
        if (Taken == slots.Length || !CanEver(Device, needs) || (Device.Memory > 0 && memory.Sum() + needs.Memory > Device.Memory))
            return null;
        var index = Array.IndexOf(slots, null);
        Put(index, trial, needs);
        return index;
    }

    /// <summary>Notes a slot that is known to be taken.</summary>
    public void Put(int index, TrialId trial, ResourceNeeds needs)
    {
        if (index < 0 || index >= slots.Length)
            return;
        if (slots[index] is null)
            Taken++;
        slots[index] = trial;
        memory[index] = needs.Memory;
    }

    public void Free(int index, TrialId trial)
    {
        if (index < 0 || index >= slots.Length || slots[index] != trial)
            return;
        slots[index] = null;
        memory[index] = 0;
        Taken--;
    }
}
