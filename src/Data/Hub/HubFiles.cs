using System.Text.Json;
using Nola.Core.Experiments;
using Nola.Data.Downloads;

namespace Nola.Data.Hub;

/// <summary>Which files of a repository Nola reads.</summary>
internal static class HubFiles
{
    private const string Configuration = "config.json";
    private const string AdapterWeights = "adapter_model.safetensors";

    /// <summary>The small files: configurations, tokenizer, labels.</summary>
    public static IEnumerable<string> Small(ImmutableArray<string> files) =>
        files.Intersect([Configuration, "adapter_config.json", "labels.json", .. ModelTypes.AllTokenizerFiles]);

    /// <summary>The files with weights, or the index of those; the shards that it lists are told by <see cref="Shards"/>.</summary>
    /// <exception cref="DownloadException">There are none that Nola reads.</exception>
    public static IEnumerable<string> Weights(HubReference reference, ImmutableArray<string> files)
    {
        string[] found = [.. ModelTypes.WeightFiles.Where(file => files.Contains(file)).Take(1), .. files.Intersect([AdapterWeights])];
        if (found.Length > 0)
            return found;
        throw new DownloadException(files.Contains("pytorch_model.bin") || files.Contains("pytorch_model.bin.index.json")
            ? $"{reference} has its weights in pytorch_model.bin only; save them as safetensors: in Python, AutoModel.from_pretrained(\"{reference.Repository}\").save_pretrained(folder), and name that folder"
            : $"{reference} has no {ModelTypes.WeightFiles[0]}; its files are {string.Join(", ", files.Order(StringComparer.Ordinal).Take(12))}{(files.Length > 12 ? ", …" : "")}");
    }

    /// <summary>The files that an index of weights lists.</summary>
    /// <exception cref="DownloadException">The index is damaged, or lists files that are not there.</exception>
    public static IReadOnlyList<string> Shards(HubReference reference, string index, ImmutableArray<string> files)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(index));
            string[] shards = [.. json.RootElement.GetProperty("weight_map").EnumerateObject().Select(item => item.Value.GetString()!).Distinct().Order(StringComparer.Ordinal)];
            // A name with a folder in it could point out of ours.
            return shards.FirstOrDefault(shard => !files.Contains(shard) || shard != Path.GetFileName(shard)) is { } stranger
                ? throw new DownloadException($"{reference}: {Path.GetFileName(index)} lists '{stranger}', which the model does not have")
                : shards;
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new DownloadException($"{reference}: {Path.GetFileName(index)} lists no weights", fault);
        }
    }

    /// <summary>Looks at config.json before gigabytes are brought for nothing.</summary>
    /// <exception cref="DownloadException">Nola does not train the architecture.</exception>
    public static void CheckArchitecture(HubReference reference, string folder)
    {
        if (!File.Exists(Path.Combine(folder, Configuration)))
            return;
        string? type;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, Configuration)));
            type = json.RootElement.TryGetProperty("model_type", out var value) ? value.ToString() : "";
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new DownloadException($"{reference}: config.json is no model configuration", fault);
        }

        if (!ModelTypes.All.ContainsKey(type))
            throw new DownloadException($"{reference} has the architecture '{type}'; Nola trains {string.Join(", ", ModelTypes.All.Keys)}");
    }
}
