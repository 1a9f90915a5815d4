using Nola.Core.Experiments;
using Nola.Training.Models;
using Nola.Training.Safetensors;
using static TorchSharp.torch;

namespace Nola.Training.Adapters;

/// <summary>Adapters on disk as Hugging Face PEFT writes and reads them: adapter_config.json and adapter_model.safetensors.</summary>
public static class PeftFolder
{
    private const string Prefix = "base_model.model.";
    private const string PrefixOfPrompts = "base_model."; // a prefix or a prompt wraps nothing in the model
    private const string BaseLayer = ".base_layer"; // PEFT's name for the layer under an adapter

    /// <summary>Writes the adapter and the trained weights of the model, such as the classifier. The folder is made when it is not there.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="method">What made the adapter.</param>
    /// <param name="model">The model with its adapter.</param>
    /// <param name="head">The model's head.</param>
    /// <param name="baseModel">Folder of the model without adapter, or its name on the Hugging Face hub (<c>hf:org/name@commit</c>), for the record.</param>
    /// <param name="lacking">Whether that folder lacks a weight, which is then written too although it was not trained; null when it lacks none.</param>
    public static void Save(string folder, MethodSpec method, LanguageModel model, Head head, string baseModel, Func<string, bool>? lacking = null)
    {
        Directory.CreateDirectory(folder);
        PeftConfiguration.Write(folder, method, model.Configuration, head, baseModel);
        var weights = model.Weights.All.Where(item => Trainable.Includes(method, model.Configuration, head, item.Key) || lacking?.Invoke(item.Key) == true)
            .Select(item => KeyValuePair.Create(WeightName(item.Key, model.Adapters), item.Value));
        SafetensorsFile.Save(PathOf(folder), model.Adapters.Parameters.Select(item => KeyValuePair.Create(IsPrompt(model.Adapters) ? item.Key : Prefix + item.Key, item.Value)).Concat(weights));
    }

    /// <inheritdoc cref="PeftConfiguration.ReadMethod"/>
    public static MethodSpec ReadMethod(string folder) => PeftConfiguration.ReadMethod(folder);

    /// <summary>Puts a folder's tensors into the adapters and weights of a model made for its method.</summary>
    /// <exception cref="ModelFileException">The files are missing or damaged, or do not fit the model.</exception>
    public static void LoadInto(string folder, LanguageModel model)
    {
        var path = PathOf(folder);
        var file = SafetensorsFile.Open(path);
        var missing = model.Adapters.Parameters.Select(item => item.Key).ToHashSet(StringComparer.Ordinal);
        using var quiet = no_grad();
        foreach (var (stored, name) in Names(file))
        {
            var target = model.Weights.Find(name) ?? model.Adapters.Parameters.FirstOrDefault(item => item.Key == name).Value
                ?? throw new ModelFileException($"{path} has the tensor {stored}, for which the model has no place.");
            if (!file.ShapeOf(stored).SequenceEqual(target.shape))
                throw new ModelFileException($"{path}: {stored} has the shape [{string.Join(", ", file.ShapeOf(stored).ToArray())}] and the model needs [{string.Join(", ", target.shape)}].");
            using var values = file.Load(stored);
            target.copy_(values);
            missing.Remove(name);
        }

        if (missing.Count > 0)
            throw new ModelFileException($"{path} lacks {missing.Order(StringComparer.Ordinal).First()}{(missing.Count > 1 ? $" and {missing.Count - 1} more" : "")}.");
    }

    /// <summary>Rows of a weight in the folder, such as the number of classes of a classifier; null when it is not there.</summary>
    public static int? RowsOf(string folder, string weight)
    {
        var file = SafetensorsFile.Open(PathOf(folder));
        return Names(file).Where(item => item.Name == weight).Select(item => (int?)file.ShapeOf(item.Stored)[0]).FirstOrDefault();
    }

    private static string PathOf(string folder) => Path.Combine(folder, "adapter_model.safetensors");

    // Names in the file and in the model. What PEFT wraps in a module of its own has that module's name in it; the untrained original may lie beside it.
    private static IEnumerable<(string Stored, string Name)> Names(SafetensorsFile file) =>
        from stored in file.Names
        where !stored.Contains(".original_module.", StringComparison.Ordinal)
        let start = new[] { Prefix, PrefixOfPrompts, "" }.First(start => stored.StartsWith(start, StringComparison.Ordinal))
        let bare = stored[start.Length..]
        select (stored, bare.Replace(BaseLayer, "", StringComparison.Ordinal).Replace(".modules_to_save", "", StringComparison.Ordinal));

    private static bool IsPrompt(AdapterSet adapters) => adapters.Prefix is not null || adapters.Prompt is not null;

    private static string WeightName(string name, AdapterSet adapters)
    {
        var end = name.LastIndexOf('.');
        return (IsPrompt(adapters) ? PrefixOfPrompts : Prefix) + (adapters.Find(name[..end]) is null ? name : name[..end] + BaseLayer + name[end..]);
    }
}
