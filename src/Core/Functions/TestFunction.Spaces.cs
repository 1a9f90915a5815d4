using Nola.Core.Searching;

namespace Nola.Core.Functions;

/// <summary>Functions over spaces of lists, logarithmic ranges and conditions.</summary>
public sealed partial record TestFunction
{
    private static SearchSpace LoraSpace => new([
        new("rank", new Choices([8, 16, 32, 64, 128])), new("alpha", new Choices([0.3, 0.5, 1.0])), new("dropout", new Choices([0.1, 0.3, 0.5])),
        new("lr", new FloatRange(1e-5, 1e-3, Log: true))]);

    private static SearchSpace ConditionalSpace => new([
        new("kind", new Choices(["a", "b"])),
        new("x", new FloatRange(-5, 5), new("kind", ["a"])), new("y", new FloatRange(-5, 5), new("kind", ["a"])),
        new("z", new FloatRange(1e-4, 1, Log: true), new("kind", ["b"])), new("n", new IntegerRange(1, 10), new("kind", ["b"]))]);

    // As the loss of a LoRA sweep might be.
    private static double Lora(ImmutableSortedDictionary<string, ParameterValue> point) =>
        Math.Pow(Math.Log10(point["lr"].AsNumber()) + 3.7, 2) + 0.05 * Math.Abs(Math.Log2(point["rank"].AsNumber()) - 4)
        + 0.1 * Math.Pow(point["alpha"].AsNumber() - 0.5, 2) + 0.2 * Math.Abs(point["dropout"].AsNumber() - 0.1);

    // Two models with parameters of their own; the one that is better at first glance has the worse optimum.
    private static double Conditional(ImmutableSortedDictionary<string, ParameterValue> point) => point["kind"].AsText() == "a"
        ? 0.2 + 0.05 * (Math.Pow(point["x"].AsNumber() - 1, 2) + Math.Pow(point["y"].AsNumber() + 2, 2))
        : Math.Pow(Math.Log10(point["z"].AsNumber()) + 2.5, 2) + 0.1 * Math.Abs(point["n"].AsNumber() - 7);
}
