using System.Diagnostics;
using static TorchSharp.torch;

namespace Nola.Training.Native;

/// <summary>Proves at start-up that the native library computes: a product, a softmax and a backward pass against known values.</summary>
public static class SelfTest
{
    /// <summary>Runs in milliseconds and returns the time it took.</summary>
    /// <exception cref="NativeLibraryException">A value is wrong.</exception>
    public static TimeSpan Run(Device device)
    {
        var watch = Stopwatch.StartNew();
        using var scope = NewDisposeScope();
        using var weights = tensor(new float[] { 1, 2, 3, 4 }, [2, 2], device: device).requires_grad_();
        var input = tensor(new float[] { 1, -1 }, [1, 2], device: device);
        var product = input.matmul(weights); // [1, 2] = (1 - 3, 2 - 4)
        Check("matrix product", product, [-2, -2]);
        Check("softmax", nn.functional.softmax(product, 1), [0.5f, 0.5f]);
        product.pow(2).sum().backward(); // d/dW = 2·xᵀ(xW) = 2·(1, -1)ᵀ(-2, -2)
        Check("backward pass", weights.grad!, [-4, -4, 4, 4]);
        return watch.Elapsed;
    }

    private static void Check(string what, Tensor actual, float[] expected)
    {
        var values = actual.detach().cpu().data<float>().ToArray();
        if (!values.Zip(expected).All(pair => Math.Abs(pair.First - pair.Second) < 1e-5f))
            throw new NativeLibraryException($"libtorch's self-test failed: the {what} is ({string.Join(", ", values)}) and must be ({string.Join(", ", expected)}); this build of libtorch cannot be used.");
    }
}
