using System.Text.Json;
using System.Text.Json.Nodes;
using Nola.Training.Safetensors;
using static TorchSharp.torch;

namespace Nola.Training.Models;

/// <summary>The weights of a Hugging Face folder: model.safetensors, or the shards that model.safetensors.index.json lists.</summary>
public sealed class WeightFiles
{
    private const string Single = "model.safetensors";
    private const string Index = "model.safetensors.index.json";

    private readonly string folder;
    private readonly Dictionary<string, SafetensorsFile> files = new(StringComparer.Ordinal); // by the tensor's name

    /// <summary>Opens a folder's files and checks their headers.</summary>
    /// <exception cref="ModelFileException">There are none, or one is missing or damaged.</exception>
    public WeightFiles(string folder)
    {
        this.folder = folder;
        foreach (var name in FilesOf(folder))
        {
            var file = SafetensorsFile.Open(Path.Combine(folder, name));
            foreach (var tensor in file.Names)
                files[tensor] = file;
        }
    }

    /// <summary>Names of all tensors.</summary>
    public IEnumerable<string> Names => files.Keys;

    /// <summary>Whether a weight is there, under its own name or another one.</summary>
    public bool Has(ModelConfiguration configuration, string name) => NameInFiles(configuration, name) is not null;

    /// <summary>Rows of a weight, such as the number of classes of a classifier; null when it is not there.</summary>
    public int? RowsOf(ModelConfiguration configuration, string name) => NameInFiles(configuration, name) is { } stored ? (int)files[stored].ShapeOf(stored)[0] : null;

    /// <summary>Names of a folder's weight files, in the order of their names.</summary>
    /// <exception cref="ModelFileException">The folder has none.</exception>
    public static IReadOnlyList<string> FilesOf(string folder)
    {
        if (File.Exists(Path.Combine(folder, Single)))
            return [Single];
        var index = Path.Combine(folder, Index);
        if (!File.Exists(index))
            throw new ModelFileException(File.Exists(Path.Combine(folder, "pytorch_model.bin"))
                ? $"{folder} has its weights in pytorch_model.bin only; save them as safetensors first (in Python: AutoModel.from_pretrained(folder).save_pretrained(folder))."
                : $"{folder} has no {Single} and no {Index}.");
        try
        {
            var map = JsonNode.Parse(File.ReadAllText(index))!["weight_map"]!.AsObject();
            return [.. map.Select(item => (string)item.Value!).Distinct().Order(StringComparer.Ordinal)];
        }
        catch (Exception fault) when (fault is JsonException or NullReferenceException or InvalidOperationException)
        {
            throw new ModelFileException($"{index} is no index of weights: {fault.Message}", fault);
        }
    }

    /// <summary>
    /// The wanted weights, in 32-bit floats; matrices of linear layers in bfloat16 where that is asked for. Weights of the head that the files lack,
    /// or have for another number of classes, get their first values from the global generator.
    /// </summary>
    /// <param name="configuration">What config.json says.</param>
    /// <param name="wanted">Names and shapes.</param>
    /// <param name="half">Whether linear layers are to be in bfloat16.</param>
    /// <exception cref="ModelFileException">A weight of the base is missing, or has another shape.</exception>
    public Weights Load(ModelConfiguration configuration, IEnumerable<WeightShape> wanted, bool half = false)
    {
        var ofBase = configuration.BaseWeights().Select(weight => weight.Name).ToHashSet(StringComparer.Ordinal);
        var weights = new Weights();
        try
        {
            foreach (var weight in wanted)
                weights[weight.Name] = Load(configuration, weight, ofBase.Contains(weight.Name), half && weight.Role == WeightRole.Linear);
            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    private Tensor Load(ModelConfiguration configuration, WeightShape wanted, bool isBase, bool half)
    {
        if (NameInFiles(configuration, wanted.Name) is not { } stored)
            return isBase ? throw new ModelFileException($"{folder} has no tensor {wanted.Name}.") : Weights.FirstValue(wanted, configuration.InitializerRange);
        var dimensions = files[stored].ShapeOf(stored);
        if (dimensions.SequenceEqual(wanted.Dimensions))
            return files[stored].Load(stored, half ? ScalarType.BFloat16 : ScalarType.Float32);
        // A classifier for other labels is replaced; anything else is a wrong file.
        return isBase || dimensions[1..].SequenceEqual(wanted.Dimensions.AsSpan(1)) == false
            ? throw new ModelFileException($"{folder}: {stored} has the shape [{string.Join(", ", dimensions.ToArray())}] and config.json asks for [{string.Join(", ", wanted.Dimensions)}].")
            : Weights.FirstValue(wanted, configuration.InitializerRange);
    }

    private string? NameInFiles(ModelConfiguration configuration, string name)
    {
        string[] names = [name, .. configuration.OtherNames(name)];
        return names.Concat(names.Select(WithoutPrefix)).FirstOrDefault(files.ContainsKey);

        string WithoutPrefix(string full) => full.StartsWith(configuration.BasePrefix, StringComparison.Ordinal) ? full[configuration.BasePrefix.Length..] : full;
    }
}
