using static TorchSharp.torch;

namespace Nola.Training.Models;

/// <summary>
/// The gradients that the last function of our own gave to libtorch. It has them when the function has returned, so what is left here only keeps their memory,
/// until the next function of the thread returns its own: without this all of them would stay until the step ends.
/// </summary>
internal static class HandedOver
{
    [ThreadStatic]
    private static List<Tensor>? last;

    /// <summary>Frees the ones before, and passes these on.</summary>
    public static List<Tensor> Remember(List<Tensor> gradients)
    {
        foreach (var gradient in last ?? [])
            gradient?.Dispose();
        return last = gradients;
    }
}
