using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Core.Trials;

namespace Nola.Grains.Scheduling;

/// <summary>Which slot of one device holds which trial: one, or several of one study that are packed.</summary>
internal sealed class SlotTable(Device device)
{
    private readonly List<(TrialId Trial, ResourceNeeds Needs)>[] slots = [.. Enumerable.Range(0, device.Slots).Select(_ => new List<(TrialId, ResourceNeeds)>())];
    private long memory; // in use

    public Device Device { get; } = device;

    /// <summary>Slots in use.</summary>
    public int Taken { get; private set; }

    /// <summary>Why the device could never run it; null when it can.</summary>
    public static bool CanEver(Device device, ResourceNeeds needs) =>
        device.Slots > 0
        && device.Slot == needs.Slot
        && (needs.Device is null || needs.Device == device.Kind)
        && (needs.Programs == ProgramKinds.None || device.Programs >= needs.Programs)
        && (device.Memory == 0 || needs.Memory <= device.Memory);

    /// <summary>A slot for the trial alone, or null when none is free or the memory is in use.</summary>
    public int? TryTake(TrialId trial, ResourceNeeds needs)
    {
        if (Taken == slots.Length || !Fits(needs))
            return null;
        var index = Array.FindIndex(slots, slot => slot.Count == 0);
        Put(index, trial, needs);
        return index;
    }

    /// <summary>A slot that the trial shares with others of its study, the one with the fewest, or null when there is none or the memory is in use.</summary>
    public int? TryShare(TrialId trial, ResourceNeeds needs)
    {
        if (needs.Pack < 2 || !Fits(needs) || FewestBeside(trial, needs.Pack) is not { } index)
            return null;
        Put(index, trial, needs);
        return index;
    }

    /// <summary>Notes a slot that is known to be taken.</summary>
    public void Put(int index, TrialId trial, ResourceNeeds needs)
    {
        if (index < 0 || index >= slots.Length || slots[index].Any(item => item.Trial == trial))
            return;
        if (slots[index].Count == 0)
            Taken++;
        slots[index].Add((trial, needs));
        memory += needs.Memory;
    }

    public void Free(int index, TrialId trial)
    {
        if (index < 0 || index >= slots.Length || slots[index].FindIndex(item => item.Trial == trial) is not (>= 0 and var place))
            return;
        memory -= slots[index][place].Needs.Memory;
        slots[index].RemoveAt(place);
        if (slots[index].Count == 0)
            Taken--;
    }

    private bool Fits(ResourceNeeds needs) => CanEver(Device, needs) && (Device.Memory == 0 || memory + needs.Memory <= Device.Memory);

    private int? FewestBeside(TrialId trial, int most) => slots.Index()
        .Where(slot => slot.Item.Count > 0 && slot.Item.Count < most && slot.Item.All(other => other.Needs.Pack > 1 && AreOfOneStudy(other.Trial, trial)))
        .OrderBy(slot => slot.Item.Count).Select(slot => (int?)slot.Index).FirstOrDefault();

    /// <summary>Whether two trials belong to one study.</summary>
    public static bool AreOfOneStudy(TrialId one, TrialId other) => one.Experiment == other.Experiment && one.Study == other.Study;
}
