using System.Text.Json.Nodes;
using Nola.Training.Native;
using Nola.Training.Safetensors;
using static TorchSharp.torch;

namespace Nola.Training.Models.Llama;

/// <summary>
/// Rotary position embedding (Su et al., arXiv 2104.09864) on halves: dimension i and i + size/2 of a head turn by position × theta^(−2i/size).
/// </summary>
public sealed record RotaryEmbedding
{
    /// <summary>Base of the frequencies. Default: 10,000.</summary>
    public double Theta { get; init; } = 10_000;

    /// <summary>How the frequencies are stretched for longer texts; null for not at all.</summary>
    public RotaryScaling? Scaling { get; init; }

    /// <summary>Reads <c>rope_theta</c> and <c>rope_scaling</c>, or <c>rope_parameters</c>, in which newer files have both.</summary>
    /// <exception cref="ModelFileException">The scaling is of a kind that Nola does not know.</exception>
    public static RotaryEmbedding Read(ConfigurationFile file)
    {
        var settings = (file["rope_parameters"] ?? file["rope_scaling"]) as JsonObject;
        var theta = (double?)settings?["rope_theta"] ?? file.Number("rope_theta", 10_000);
        var kind = (string?)(settings?["rope_type"] ?? settings?["type"]) ?? "default";
        return new()
        {
            Theta = theta,
            Scaling = kind switch
            {
                "default" => null,
                "linear" => new(Number("factor")),
                "llama3" => new(Number("factor"))
                {
                    Bands = new(Number("low_freq_factor"), Number("high_freq_factor"), (int)Number("original_max_position_embeddings")),
                },
                _ => throw new ModelFileException($"{file.Path} has rotary scaling of the type '{kind}'; Nola knows default, linear, llama3."),
            },
        };

        double Number(string key) => (double?)settings![key] ?? throw new ModelFileException($"{file.Path} has rotary scaling without {key}.");
    }

    /// <summary>Puts <c>rope_theta</c> and <c>rope_scaling</c> into a config.json.</summary>
    public void Write(JsonObject json)
    {
        json["rope_theta"] = Theta;
        json["rope_scaling"] = Scaling switch
        {
            null => null,
            { Bands: null } => new JsonObject { ["rope_type"] = "linear", ["factor"] = Scaling.Factor },
            { Bands: { } bands } => new JsonObject
            {
                ["rope_type"] = "llama3",
                ["factor"] = Scaling.Factor,
                ["low_freq_factor"] = bands.Low,
                ["high_freq_factor"] = bands.High,
                ["original_max_position_embeddings"] = bands.OriginalPositions,
            },
        };
    }

    /// <summary>Angles by which each pair of dimensions turns from one position to the next [size / 2], in radians.</summary>
    /// <param name="size">Dimensions of a head.</param>
    public float[] Frequencies(int size) => [.. Enumerable.Range(0, size / 2).Select(pair => (float)Scaled(1 / Math.Pow(Theta, 2.0 * pair / size)))];

    /// <summary>Cosine and sine of the angles, both [count, size], for the positions from <paramref name="start"/> on.</summary>
    public (Tensor Cosine, Tensor Sine) Tables(long start, long count, int size, Device device)
    {
        // In fp32 whatever the weights are in: with bfloat16 positions beyond 256 would fall together.
        var angles = arange(start, start + count, ScalarType.Float32, device).unsqueeze(1) * tensor(Frequencies(size)).Send(device).unsqueeze(0);
        var both = cat([angles, angles], 1);
        return (both.cos(), both.sin());
    }

    /// <summary>Turns queries or keys [batch, heads, count, size].</summary>
    public static Tensor Turn(Tensor x, (Tensor Cosine, Tensor Sine) tables)
    {
        var half = x.shape[3] / 2;
        var turned = cat([x.narrow(3, half, half).neg(), x.narrow(3, 0, half)], 3);
        return (x * tables.Cosine) + (turned * tables.Sine);
    }

    // Llama 3.1: low frequencies are slowed down, high ones stay, and between the two bands it goes over smoothly.
    private double Scaled(double frequency)
    {
        if (Scaling is not { } scaling)
            return frequency;
        if (scaling.Bands is not { } bands)
            return frequency / scaling.Factor;
        var turns = bands.OriginalPositions * frequency / (2 * Math.PI); // over the length that the model was trained with first
        var kept = Math.Clamp((turns - bands.Low) / (bands.High - bands.Low), 0, 1);
        return (kept * frequency) + ((1 - kept) * frequency / scaling.Factor);
    }
}

/// <summary>Stretches the frequencies for texts longer than those of the training.</summary>
/// <param name="Factor">How much slower they turn.</param>
public sealed record RotaryScaling(double Factor)
{
    /// <summary>Llama 3's bands; null when all frequencies are slowed down alike.</summary>
    public RotaryBands? Bands { get; init; }
}

/// <summary>Which frequencies Llama 3 slows down, told by their turns over the original length.</summary>
/// <param name="Low">At most so many turns: slowed down in full.</param>
/// <param name="High">At least so many: not at all.</param>
/// <param name="OriginalPositions">The original length, in tokens.</param>
public sealed record RotaryBands(double Low, double High, int OriginalPositions);
