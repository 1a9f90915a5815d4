namespace Nola.Training.Models;

/// <summary>One tensor that a model needs.</summary>
/// <param name="Name">Its Hugging Face name.</param>
/// <param name="Dimensions">Its shape.</param>
/// <param name="Role">What it does, which decides its first values and whether an adapter may sit on it.</param>
public sealed record WeightShape(string Name, long[] Dimensions, WeightRole Role)
{
    /// <summary>Weight [out, in] and bias [out] of a linear layer.</summary>
    public static IEnumerable<WeightShape> Linear(string name, long output, long input, bool bias = true) => bias
        ? [new($"{name}.weight", [output, input], WeightRole.Linear), new($"{name}.bias", [output], WeightRole.Bias)]
        : [new($"{name}.weight", [output, input], WeightRole.Linear)];

    /// <summary>Weight and bias of a norm over the last dimension.</summary>
    public static IEnumerable<WeightShape> Norm(string name, long size, bool bias = true) => bias
        ? [new($"{name}.weight", [size], WeightRole.Norm), new($"{name}.bias", [size], WeightRole.Bias)]
        : [new($"{name}.weight", [size], WeightRole.Norm)];

    /// <summary>A table [count, size] that is looked up by number.</summary>
    public static WeightShape Embedding(string name, long count, long size) => new($"{name}.weight", [count, size], WeightRole.Embedding);
}

/// <summary>What a tensor does.</summary>
public enum WeightRole
{
    /// <summary>The matrix of a linear layer; starts normal.</summary>
    Linear,

    /// <summary>Added to a layer's output; starts at zero.</summary>
    Bias,

    /// <summary>Scale of a norm; starts at one.</summary>
    Norm,

    /// <summary>A table of vectors; starts normal.</summary>
    Embedding,
}
