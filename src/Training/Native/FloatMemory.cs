using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Nola.Training.Native;

/// <summary>The memory of tensors of 32-bit floats on the CPU, for loops of our own.</summary>
internal static class FloatMemory
{
    private const int Piece = 1 << 15; // values that a thread takes at a time: four arrays of them fit a core's cache

    /// <summary>Whether a tensor is of 32-bit floats on the CPU.</summary>
    public static bool Has(Tensor tensor) => tensor.device_type == DeviceType.CPU && tensor.dtype == ScalarType.Float32;

    /// <summary>Where a contiguous tensor lies. Its memory is native and does not move.</summary>
    public static unsafe nint AddressOf(Tensor tensor) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));

    /// <summary>Values from an address on.</summary>
    public static unsafe Span<float> At(nint address, int start, int length) => new((float*)address + start, length);

    /// <summary>Does work on ranges, given as first and count, of things of so many values each; on as many threads as libtorch has.</summary>
    public static void Spread(int count, int values, Action<int, int> work)
    {
        var size = Math.Max(1, Piece / values);
        var pieces = (count + size - 1) / size;
        if (pieces <= 1 || get_num_threads() <= 1)
        {
            work(0, count);
            return;
        }

        Parallel.For(0, pieces, new() { MaxDegreeOfParallelism = get_num_threads() }, piece => work(piece * size, Math.Min(size, count - (piece * size))));
    }
}
