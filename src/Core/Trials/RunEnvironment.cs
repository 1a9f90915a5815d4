namespace Nola.Core.Trials;

/// <summary>What a trial ran on: with the spec, the seed and the data's checksums, all that its numbers depend on.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.RunEnvironment")]
public sealed record RunEnvironment
{
    /// <summary>The device's name and what its maker calls it: <c>cuda:0 NVIDIA H100</c>, <c>cpu 16 cores</c>.</summary>
    public string Device { get; init; } = "";

    /// <summary>CPU threads that the worker used; sums in floating point depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Nola's version.</summary>
    public string Nola { get; init; } = "";

    /// <summary>Version of TorchSharp.</summary>
    public string TorchSharp { get; init; } = "";

    /// <summary>Version of libtorch, such as <c>2.10.0</c>.</summary>
    public string LibTorch { get; init; } = "";

    /// <summary>The .NET runtime, such as <c>.NET 10.0.1</c>.</summary>
    public string DotNet { get; init; } = "";

    /// <summary>Operating system and architecture.</summary>
    public string System { get; init; } = "";
}
