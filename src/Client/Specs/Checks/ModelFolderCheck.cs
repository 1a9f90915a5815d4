using System.Buffers.Binary;
using System.Text.Json;
using Nola.Client.Specs.Yaml;

namespace Nola.Client.Specs.Checks;

/// <summary>Looks into a Hugging Face folder before anything runs.</summary>
internal static class ModelFolderCheck
{
    private static readonly string[] Needed = ["config.json", "model.safetensors", "vocab.txt"];

    /// <summary>The model's shape; null after problems were added.</summary>
    /// <param name="folder">Full path.</param>
    /// <param name="typed">The path or name as it stands in the spec.</param>
    /// <param name="at">Where it stands.</param>
    /// <param name="problems">Where problems go.</param>
    public static ModelShape? Read(string folder, string typed, Mark at, Problems problems)
    {
        if (!Directory.Exists(folder))
        {
            problems.Add(at, $"there is no folder '{typed}'", File.Exists(folder) ? "name the folder, not a file in it" : $"looked for {folder}");
            return null;
        }

        var missing = Needed.Where(file => !File.Exists(Path.Combine(folder, file))).ToArray();
        if (missing.Length > 0)
        {
            problems.Add(at, $"the model folder '{typed}' has no {string.Join(" and no ", missing)}", $"it needs {string.Join(", ", Needed)}, as Hugging Face saves them");
            return null;
        }

        if (SafetensorsFault(Path.Combine(folder, "model.safetensors")) is { } fault)
        {
            problems.Add(at, $"model.safetensors in '{typed}' {fault}", "copy or download it again");
            return null;
        }

        return Shape(Path.Combine(folder, "config.json"), typed, at, problems);
    }

    private static ModelShape? Shape(string file, string typed, Mark at, Problems problems)
    {
        try
        {
            using var config = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = config.RootElement;
            var type = root.TryGetProperty("model_type", out var named) ? named.ToString() : "";
            if (type != "bert")
            {
                problems.Add(at, $"the model '{typed}' has the architecture '{type}'", "this version trains bert");
                return null;
            }

            if (root.TryGetProperty("hidden_act", out var activation) && activation.ToString() != "gelu")
            {
                problems.Add(at, $"the model '{typed}' has the activation '{activation}'", "this version knows gelu");
                return null;
            }

            var positions = root.TryGetProperty("max_position_embeddings", out var most) ? most.GetInt32() : 512;
            return new(root.GetProperty("num_hidden_layers").GetInt32(), positions);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            problems.Add(at, $"config.json of '{typed}' is no BERT configuration", "it needs model_type, num_hidden_layers and the other keys that Hugging Face writes");
            return null;
        }
    }

    // The file begins with the length of its JSON header, which tells where the last tensor ends.
    private static string? SafetensorsFault(string file)
    {
        using var stream = File.OpenRead(file);
        Span<byte> length = stackalloc byte[8];
        if (stream.ReadAtLeast(length, 8, throwOnEndOfStream: false) < 8)
            return "is cut off";
        var header = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (header > 1 << 28)
            return "is no safetensors file";
        if (stream.Length < 8 + (long)header)
            return "is cut off";
        var json = new byte[header];
        stream.ReadExactly(json);
        try
        {
            using var tensors = JsonDocument.Parse(json);
            var end = tensors.RootElement.EnumerateObject().Where(item => item.Name != "__metadata__").Select(item => item.Value.GetProperty("data_offsets")[1].GetInt64()).DefaultIfEmpty(0).Max();
            return stream.Length < 8 + (long)header + end ? "is cut off" : null;
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            return "is no safetensors file";
        }
    }
}

/// <summary>What a spec's checks need of a model.</summary>
/// <param name="Layers">Transformer layers.</param>
/// <param name="Positions">Longest sequence in tokens.</param>
internal sealed record ModelShape(int Layers, int Positions);
