using System.Text.Json;
using Nola.Client.Specs.Yaml;
using Nola.Core.Experiments;

namespace Nola.Client.Specs.Checks;

/// <summary>Looks into a Hugging Face folder before anything runs.</summary>
internal static class ModelFolderCheck
{
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

        if (!Has("pytorch_model.bin") || Has(ModelTypes.WeightFiles[0]) || Has(ModelTypes.WeightFiles[1]))
        {
            var missing = new[] { Missing("config.json"), Missing([.. ModelTypes.WeightFiles]), Missing([.. ModelTypes.TokenizerFiles]) }.OfType<string>().ToArray();
            if (missing.Length > 0)
            {
                problems.Add(at, $"the model folder '{typed}' has no {string.Join(" and no ", missing)}", "it needs config.json, model.safetensors and the tokenizer's files, as Hugging Face saves them");
                return null;
            }
        }
        else
        {
            problems.Add(at, $"the model folder '{typed}' has its weights in pytorch_model.bin only", "save them as safetensors: in Python, AutoModel.from_pretrained(folder).save_pretrained(folder)");
            return null;
        }

        var linear = new List<string>();
        foreach (var file in WeightFiles(folder))
        {
            var (header, fault) = File.Exists(Path.Combine(folder, file)) ? SafetensorsHeader.Read(Path.Combine(folder, file)) : (null, "is missing, but the index names it");
            if (header is null)
            {
                problems.Add(at, $"{file} in '{typed}' {fault}", "copy or download it again");
                return null;
            }

            linear.AddRange(ModelShape.LinearLayersAmong(header.Tensors));
        }

        return Shape(Path.Combine(folder, "config.json"), [.. linear.Order(StringComparer.Ordinal)], typed, at, problems);

        bool Has(string file) => File.Exists(Path.Combine(folder, file));

        // Of several, one is enough; the first is the one to name.
        string? Missing(params string[] files) => files.Any(Has) ? null : files[0];
    }

    private static IEnumerable<string> WeightFiles(string folder)
    {
        if (File.Exists(Path.Combine(folder, ModelTypes.WeightFiles[0])))
            return [ModelTypes.WeightFiles[0]];
        try
        {
            using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, ModelTypes.WeightFiles[1])));
            return [.. index.RootElement.GetProperty("weight_map").EnumerateObject().Select(item => item.Value.ToString()).Distinct()];
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return [ModelTypes.WeightFiles[1]]; // whose own header is none, which is then the problem
        }
    }

    private static ModelShape? Shape(string file, ImmutableArray<string> linear, string typed, Mark at, Problems problems)
    {
        try
        {
            using var config = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = config.RootElement;
            var named = root.TryGetProperty("model_type", out var value) ? value.ToString() : "";
            if (!ModelTypes.All.TryGetValue(named, out var type))
            {
                problems.Add(at, $"the model '{typed}' has the architecture '{named}'", $"Nola trains {string.Join(", ", ModelTypes.All.Keys)}");
                return null;
            }

            foreach (var key in (string[])["hidden_act", "activation"])
                if (root.TryGetProperty(key, out var activation) && activation.ToString() != type.Activation)
                {
                    problems.Add(at, $"the model '{typed}' has the activation '{activation}'", $"Nola knows {type.Activation} for {type.Name}");
                    return null;
                }

            return new(type, Integer(root, "num_hidden_layers", "n_layers"), (root.TryGetProperty("max_position_embeddings", out var most) ? most.GetInt32() : 512) - type.UnusedPositions, linear);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            problems.Add(at, $"config.json of '{typed}' is no model configuration", "it needs model_type, num_hidden_layers and the other keys that Hugging Face writes");
            return null;
        }
    }

    private static int Integer(JsonElement root, params string[] names) =>
        names.Select(name => root.TryGetProperty(name, out var value) ? value.GetInt32() : (int?)null).FirstOrDefault(value => value is not null)
        ?? throw new KeyNotFoundException(names[0]);
}
