using System.Text.Json;

namespace Nola.Benchmarks.Speed;

/// <summary>What both sides of the benchmark <c>training</c> do: a BERT of this shape, trained in this way on texts of these lengths.</summary>
internal sealed record SpeedJob
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public required string Name { get; init; }
    public required int Layers { get; init; }
    public required int Hidden { get; init; }
    public required int Heads { get; init; }
    public required int Inner { get; init; }
    public required int Vocabulary { get; init; }

    /// <summary><c>lora</c> (rank 8, alpha 8, dropout 0.1 on keys and values) or <c>full</c>.</summary>
    public required string Method { get; init; }

    /// <summary><c>fp32</c> or <c>bf16</c>.</summary>
    public string Precision { get; init; } = "fp32";

    /// <summary>Texts in a step.</summary>
    public required int Batch { get; init; }

    /// <summary>CPU threads.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Tokens of each text, special tokens included.</summary>
    public ImmutableArray<int> TrainLengths { get; init; } = [.. Enumerable.Repeat(128, 256)];

    /// <summary>Tokens of each text that is evaluated.</summary>
    public ImmutableArray<int> TestLengths { get; init; } = [.. Enumerable.Repeat(128, 128)];

    public static SpeedJob Read(string json) => JsonSerializer.Deserialize<SpeedJob>(json, Json)!;

    public override string ToString() => JsonSerializer.Serialize(this, Json);
}
