using System.Text.Json;
using System.Text.Json.Nodes;
using Nola.Core.Experiments;
using Nola.Training.Models;
using Nola.Training.Safetensors;
using static TorchSharp.torch;

namespace Nola.Training.Adapters;

/// <summary>Adapters on disk as Hugging Face PEFT writes and reads them: adapter_config.json and adapter_model.safetensors.</summary>
public static class PeftFolder
{
    private const string Prefix = "base_model.model.";

    /// <summary>Writes the adapter and the trained classifier. The folder is made when it is not there.</summary>
    public static void Save(string folder, MethodSpec method, LanguageModel model, Head head, string baseModel)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), Configuration(method, model.Configuration, head, baseModel).ToJsonString(new() { WriteIndented = true }));
        var tensors = model.Adapters.All.SelectMany(item => item.Value.Parameters.Select(part => KeyValuePair.Create($"{Prefix}{item.Key}.{part.Key}", part.Value)))
            .Concat(model.Weights.All.Where(item => model.Configuration.IsOfHeadModule(item.Key, head)).Select(item => KeyValuePair.Create(Prefix + item.Key, item.Value)));
        SafetensorsFile.Save(Path.Combine(folder, "adapter_model.safetensors"), tensors);
    }

    /// <summary>The method that a folder's adapter_config.json describes.</summary>
    public static MethodSpec ReadMethod(string folder)
    {
        var path = Path.Combine(folder, "adapter_config.json");
        if (!File.Exists(path))
            throw new ModelFileException($"{folder} is no adapter folder: it has no adapter_config.json.");
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(path))!;
            switch ((string?)json["peft_type"])
            {
                case "LORA":
                    foreach (var unsupported in new[] { "use_dora", "use_rslora", "fan_in_fan_out" }.Where(key => (bool?)json[key] == true))
                        throw new ModelFileException($"{path} has {unsupported} switched on; Nola reads plain LoRA and IA3 adapters.");
                    return new LoraMethod
                    {
                        Id = "lora",
                        Rank = (int?)json["r"] ?? 8,
                        Alpha = (double?)json["lora_alpha"] ?? 8,
                        Dropout = (double?)json["lora_dropout"] ?? 0,
                        Targets = Names(json["target_modules"]),
                        Layers = json["layers_to_transform"] is JsonArray layers ? [.. layers.Select(layer => (int)layer!)] : [],
                    };
                case "IA3":
                    return new Ia3Method { Id = "ia3", Targets = Names(json["target_modules"]), FeedForward = Names(json["feedforward_modules"]) };
                case var other:
                    throw new ModelFileException($"{path} describes an adapter of type '{other}'; Nola reads LORA and IA3.");
            }
        }
        catch (Exception fault) when (fault is JsonException or NullReferenceException or InvalidOperationException or FormatException)
        {
            throw new ModelFileException($"{path} is no adapter configuration: {fault.Message}", fault);
        }
    }

    /// <summary>Puts a folder's tensors into the adapters and the classifier of a model made for its method.</summary>
    public static void LoadInto(string folder, LanguageModel model)
    {
        var path = Path.Combine(folder, "adapter_model.safetensors");
        var file = SafetensorsFile.Open(path);
        using var quiet = no_grad();
        foreach (var name in file.Names)
        {
            var local = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
            using var values = file.Load(name);
            Target(model, local, path).copy_(values);
        }
    }

    private static Tensor Target(LanguageModel model, string name, string path)
    {
        if (model.Weights.Contains(name))
            return model.Weights[name];
        foreach (var (layer, adapter) in model.Adapters.All)
            if (name.StartsWith(layer + ".", StringComparison.Ordinal) && adapter.Parameters.TryGetValue(name[(layer.Length + 1)..], out var tensor))
                return tensor;
        throw new ModelFileException($"{path} has the tensor {name}, for which the model has no place.");
    }

    private static System.Collections.Immutable.ImmutableArray<string> Names(JsonNode? node) => node switch
    {
        JsonArray list => [.. list.Select(item => (string)item!)],
        JsonValue one => [(string)one!],
        _ => [],
    };

    // Keys in alphabetical order, as PEFT writes them; PEFT fills in the defaults of all other keys when it loads.
    private static JsonObject Configuration(MethodSpec method, ModelConfiguration model, Head head, string baseModel)
    {
        var defaults = model.DefaultTargets;
        var json = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal)
        {
            ["base_model_name_or_path"] = baseModel,
            ["fan_in_fan_out"] = false,
            ["inference_mode"] = true,
            ["modules_to_save"] = ModulesToSave(model, head),
            ["task_type"] = head switch
            {
                Head.SequenceClassification => "SEQ_CLS",
                Head.TokenClassification => "TOKEN_CLS",
                Head.CausalLanguage => "CAUSAL_LM",
                _ => null,
            },
        };
        switch (method)
        {
            case LoraMethod lora:
                json["peft_type"] = "LORA";
                json["bias"] = "none";
                json["init_lora_weights"] = true;
                json["r"] = lora.Rank;
                json["lora_alpha"] = lora.AlphaRatio is { } ratio ? ratio * lora.Rank : lora.Alpha;
                json["lora_dropout"] = lora.Dropout;
                json["target_modules"] = Names(lora.Targets.IsEmpty ? defaults.Lora : lora.Targets);
                json["layers_to_transform"] = lora.Layers.IsEmpty ? null : new JsonArray([.. lora.Layers.Select(layer => (JsonNode)layer)]);
                json["use_rslora"] = false;
                json["use_dora"] = false;
                break;
            case Ia3Method ia3:
                json["peft_type"] = "IA3";
                json["init_ia3_weights"] = true;
                json["target_modules"] = Names(ia3.Targets.IsEmpty ? defaults.Ia3 : ia3.Targets);
                json["feedforward_modules"] = Names(ia3.Targets.IsEmpty ? defaults.FeedForward : ia3.FeedForward);
                break;
            default:
                throw new ArgumentException($"The method '{method.Id}' has no adapter to save.", nameof(method));
        }

        return new(json);
    }

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(name => (JsonNode)name)]);

    // PEFT itself adds classifier and score for its classification tasks.
    private static JsonArray? ModulesToSave(ModelConfiguration model, Head head) => head is Head.SequenceClassification or Head.TokenClassification
        ? Names(new[] { "classifier", "score" }.Concat(model.HeadModules(head)).Distinct())
        : null;
}
