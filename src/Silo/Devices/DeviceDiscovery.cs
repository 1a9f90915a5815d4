using System.Diagnostics;
using System.Globalization;
using Nola.Core.Devices;

namespace Nola.Silo.Devices;

/// <summary>Finds the devices of this machine.</summary>
public static class DeviceDiscovery
{
    /// <summary>Every CUDA device that nvidia-smi lists, each with one slot; without any, the CPU.</summary>
    /// <param name="cpuSlots">Slots of the CPU, which share its cores. Default: one slot with all cores.</param>
    public static ImmutableArray<Device> Find(int cpuSlots = 1) => CudaDevices() is { IsEmpty: false } cuda ? cuda : [Cpu(cpuSlots)];

    /// <summary>The CPU as a device of the given number of slots.</summary>
    public static Device Cpu(int slots) => new()
    {
        Id = "cpu",
        Kind = DeviceKind.Cpu,
        Slots = slots,
        Threads = Math.Max(1, Environment.ProcessorCount / slots),
        Memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        Description = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores"),
    };

    /// <summary>Reads what <c>nvidia-smi --query-gpu=index,memory.total,name --format=csv,noheader,nounits</c> prints (memory in MiB).</summary>
    public static ImmutableArray<Device> ParseCuda(string listing) =>
    [
        .. listing.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => line.Split(',', 3, StringSplitOptions.TrimEntries)).Select(cells => new Device
        {
            Id = "cuda:" + cells[0],
            Kind = DeviceKind.Cuda,
            Memory = long.Parse(cells[1], CultureInfo.InvariantCulture) << 20,
            Description = cells[2],
        }),
    ];

    private static ImmutableArray<Device> CudaDevices()
    {
        try
        {
            using var query = Process.Start(new ProcessStartInfo("nvidia-smi", "--query-gpu=index,memory.total,name --format=csv,noheader,nounits")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var listing = query.StandardOutput.ReadToEnd();
            query.WaitForExit();
            return query.ExitCode == 0 ? ParseCuda(listing) : [];
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return []; // There is no nvidia-smi.
        }
    }
}
