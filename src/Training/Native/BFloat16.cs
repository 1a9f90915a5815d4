using static TorchSharp.torch;

namespace Nola.Training.Native;

/// <summary>Whether a device multiplies in bfloat16 itself. Elsewhere libtorch would imitate it, more slowly than fp32.</summary>
public static class BFloat16
{
    private static readonly Lazy<bool> Processor = new(() => Tells(File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo") : []));

    /// <summary>True for CUDA devices and for CPUs with AVX-512 BF16, AMX or Arm's BF16.</summary>
    public static bool IsNativeOn(Device? device) => device is { type: TorchSharp.DeviceType.CUDA } || Processor.Value;

    /// <summary>Whether the lines of /proc/cpuinfo name such an instruction set.</summary>
    public static bool Tells(IEnumerable<string> lines) =>
        lines.FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal) || line.StartsWith("Features", StringComparison.Ordinal)) is { } flags
        && flags.Split(' ').Any(flag => flag is "avx512_bf16" or "amx_bf16" or "bf16");
}
