using System.Globalization;
using Nola.Core.Devices;
using Nola.Core.Experiments;

namespace Nola.Grains.Scheduling;

/// <summary>Says why no device of a cluster could ever run a trial.</summary>
internal static class Refusals
{
    public static string Explain(ResourceNeeds needs, IReadOnlyCollection<Device> devices, IReadOnlyCollection<string> notices, IReadOnlyCollection<string> programFaults)
    {
        if (needs.Programs != ProgramKinds.None && devices.Any(device => SlotTable.CanEver(device, needs with { Programs = ProgramKinds.None })))
        {
            return $"The trials are judged by running {(needs.Programs == ProgramKinds.Python ? "Python" : "Python and Java")} programs in the sandbox, which no silo can do."
                + string.Concat(programFaults.Select(fault => $" Silo {fault}.")) + " Start it again then, or add a silo that can.";
        }

        var kinds = devices.Where(device => device.Slot == needs.Slot && (needs.Device is null || device.Kind == needs.Device)).ToArray();
        if (kinds.Length > 0)
        {
            return $"A trial needs {GiB(needs.Memory)} of device memory, but the largest device of the cluster has {GiB(kinds.Max(device => device.Memory))}; "
                + "lower the batch size and the memory in the spec, or add a silo with a larger device.";
        }

        return needs.Slot == SlotKind.Light
            ? "The trials need light slots, but no silo offers any; start a silo with light slots."
            : $"The trials need a {needs.Device?.ToString().ToLowerInvariant() ?? "training"} device, but the cluster has none; start a silo that has one or change 'device' in the spec."
                + string.Concat(notices.Select(notice => $" Silo {notice}"));
    }

    private static string GiB(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.##} GiB");
}
