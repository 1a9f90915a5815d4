using System.Runtime.InteropServices;
using Nola.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Nola.Training.Packing;

/// <summary>The dropouts of the trials of one pass: each draws the masks of its own rows, the ones that it draws when the trial trains alone.</summary>
internal sealed class PackedDropout(TrialPack pack) : Dropout(0, 0)
{
    public override Tensor Mask(ReadOnlySpan<long> shape, double share, Device device)
    {
        var parts = pack.SizesOf(shape[0]);
        if (device.type != DeviceType.CPU)
        {
            var masks = new Tensor[parts.Length];
            for (var index = 0; index < parts.Length; index++)
                masks[index] = pack.Trials[index].Dropout!.Mask([parts[index], .. shape[1..]], share, device);
            return cat(masks, 0);
        }

        var mask = empty(shape, ScalarType.Float32);
        var values = MemoryMarshal.Cast<byte, float>(mask.bytes);
        var (row, start) = ((int)(mask.NumberOfElements / shape[0]), 0);
        for (var index = 0; index < parts.Length; index++)
        {
            var length = row * (int)parts[index];
            pack.Trials[index].Dropout!.FillNext(values.Slice(start, length), share);
            start += length;
        }

        return mask;
    }
}
