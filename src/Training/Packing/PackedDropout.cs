using Nola.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Nola.Training.Packing;

/// <summary>The dropouts of the trials of one pass: each draws the masks of its own rows, the ones that it draws when the trial trains alone.</summary>
internal sealed class PackedDropout(TrialPack pack) : Dropout(0, 0)
{
    public override Tensor Mask(ReadOnlySpan<long> shape, double share, Device device)
    {
        if (device.type == DeviceType.CPU)
            return base.Mask(shape, share, device);
        var parts = pack.SizesOf(shape[0]);
        var masks = new Tensor[parts.Length];
        for (var index = 0; index < parts.Length; index++)
            masks[index] = pack.Trials[index].Dropout!.Mask([parts[index], .. shape[1..]], share, device);
        return cat(masks, 0);
    }

    internal override DropoutMask Next(ReadOnlySpan<long> shape, double share)
    {
        var rest = shape[1..].ToArray();
        return new([.. pack.SizesOf(shape[0]).SelectMany((rows, index) => pack.Trials[index].Dropout!.Next([rows, .. rest], share).Parts)], share);
    }
}
