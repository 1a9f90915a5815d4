using System.Text.Json.Nodes;
using Nola.Testing;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Models;

/// <summary>Expected results of Hugging Face transformers and PEFT in ../shared/data/oracle/hf, and in the folder that NOLA_GOLDEN names.</summary>
public static class Golden
{
    /// <summary>Golden folders of a model: one of the shared data and, when NOLA_GOLDEN is set, one of its own.</summary>
    public static IEnumerable<string> Folders(string model)
    {
        yield return SharedData.Require($"oracle/hf/{model}");
        if (Environment.GetEnvironmentVariable("NOLA_GOLDEN") is { Length: > 0 } root && Directory.Exists(Path.Combine(root, model)))
            yield return Path.Combine(root, model);
    }

    public static JsonNode Expected(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")))!;

    public static Tensor Integers(JsonNode node)
    {
        var rows = node.AsArray().Select(row => row!.AsArray().Select(value => (long)value!).ToArray()).ToArray();
        return tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, rows[0].Length]);
    }

    public static Tensor Labels(JsonNode node) => tensor(node.AsArray().Select(value => (long)value!).ToArray());

    public static double[] Numbers(JsonNode node) => node is System.Text.Json.Nodes.JsonArray list ? [.. list.SelectMany(item => Numbers(item!))] : [(double)node];

    /// <summary>Asserts that every value lies within <paramref name="tolerance"/> of the expected one.</summary>
    public static void AssertClose(JsonNode expected, Tensor actual, double tolerance, string what)
    {
        using var flat = actual.detach().to(ScalarType.Float64).reshape(-1);
        AssertClose(Numbers(expected), [.. flat.data<double>()], tolerance, what);
    }

    public static void AssertClose(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        var worst = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
        Assert.True(worst <= tolerance, $"{what}: the largest difference is {worst:g3}, allowed is {tolerance:g3}");
    }
}
