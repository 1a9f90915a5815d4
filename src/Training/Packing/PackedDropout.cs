using Nola.Training.Models;
using static TorchSharp.torch;

namespace Nola.Training.Packing;

/// <summary>The dropouts of the trials of one pass: each draws the masks of its own rows, the ones that it draws when the trial trains alone.</summary>
internal sealed class PackedDropout(TrialPack pack) : Dropout(0, 0)
{
    public override Tensor Mask(ReadOnlySpan<long> shape, double share, Device device)
    {
        var parts = new Tensor[pack.Trials.Count];
        var sizes = pack.SizesOf(shape[0]);
        for (var index = 0; index < parts.Length; index++)
            parts[index] = pack.Trials[index].Dropout!.Mask([sizes[index], .. shape[1..]], share, device);
        return cat(parts, 0);
    }
}
