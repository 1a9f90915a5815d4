using TorchSharp;
using static TorchSharp.torch;

namespace Nola.Training.Native;

/// <summary>Brings tensors of the CPU to where they are needed.</summary>
internal static class Transfer
{
    /// <summary>
    /// The tensor on a device; itself where that is the CPU. To a GPU it goes by way of page-locked memory and the host does not wait: whatever the GPU is
    /// told to do afterwards comes after the copy.
    /// </summary>
    public static Tensor Send(this Tensor tensor, Device device)
    {
        if (device.type == DeviceType.CPU)
            return tensor;
        using var locked = tensor.pin_memory();
        return locked.to(device, non_blocking: true);
    }
}
