namespace Nola.Benchmarks.Measuring;

/// <summary>What a run of the program measured.</summary>
public sealed record Measured(Machine Machine, ImmutableArray<Figure> Figures);
