using System.Text.Json;
using System.Text.Json.Nodes;
using Nola.Core.Experiments;
using Nola.Data.Hub;
using Nola.Training.Models;
using Nola.Training.Safetensors;

namespace Nola.Training.Adapters;

/// <summary>PEFT's adapter_config.json: the method that made an adapter, and the head of its model.</summary>
public static class PeftConfiguration
{
    private const string Name = "adapter_config.json";

    // What changes an adapter's numbers and is not read here.
    private static readonly string[] Unread =
    [
        "use_qalora", "use_bdlora", "lora_bias", "target_parameters", "trainable_token_indices", "layer_replication", "exclude_modules", "layers_pattern",
    ];

    /// <summary>The method that a folder's file describes.</summary>
    /// <exception cref="ModelFileException">There is no such file, it is damaged, or Nola does not know the method.</exception>
    public static MethodSpec ReadMethod(string folder) => Read(folder, (json, path) =>
    {
        if (Unread.FirstOrDefault(key => IsSet(json[key])) is { } unread)
            throw new ModelFileException($"{path} sets {unread}, which Nola does not know.");
        return (string?)json["peft_type"] switch
        {
            "LORA" => (MethodSpec)new LoraMethod
            {
                Id = "lora",
                Rank = (int?)json["r"] ?? 8,
                Alpha = (double?)json["lora_alpha"] ?? 8,
                Dropout = (double?)json["lora_dropout"] ?? 0,
                Targets = Names(json["target_modules"]),
                TargetPattern = Pattern(json["target_modules"]),
                Layers = json["layers_to_transform"] switch
                {
                    JsonArray layers => [.. layers.Select(layer => (int)layer!)],
                    JsonValue layer => [(int)layer],
                    _ => [],
                },
                Bias = (string?)json["bias"] switch
                {
                    "all" => LoraBias.All,
                    "lora_only" => LoraBias.LoraOnly,
                    _ => LoraBias.None,
                },
                RankStabilized = (bool?)json["use_rslora"] ?? false,
                Dora = (bool?)json["use_dora"] ?? false,
                RankPattern = Patterns(json["rank_pattern"], value => (int)value),
                AlphaPattern = Patterns(json["alpha_pattern"], value => (double)value),
            },
            "IA3" => new Ia3Method
            {
                Id = "ia3",
                Targets = Names(json["target_modules"]),
                TargetPattern = Pattern(json["target_modules"]),
                FeedForward = Names(json["feedforward_modules"]),
            },
            "PREFIX_TUNING" => new PrefixMethod { Id = "prefix", Tokens = Tokens(json, path) },
            "PROMPT_TUNING" => new PromptMethod { Id = "prompt", Tokens = Tokens(json, path) },
            var other => throw new ModelFileException($"{path} describes an adapter of type '{other}'; Nola reads LORA, IA3, PREFIX_TUNING and PROMPT_TUNING."),
        };
    });

    /// <summary>The head of the model that the adapter belongs to; null when the file does not say.</summary>
    public static Head? ReadHead(string folder) => Read(folder, (json, _) => (string?)json["task_type"] switch
    {
        "SEQ_CLS" => Head.SequenceClassification,
        "TOKEN_CLS" => Head.TokenClassification,
        "CAUSAL_LM" => Head.CausalLanguage,
        _ => (Head?)null,
    });

    /// <summary>Writes the file with the keys in alphabetical order; PEFT fills in the defaults of those that are not there.</summary>
    public static void Write(string folder, MethodSpec method, ModelConfiguration model, Head head, string baseModel)
    {
        var ofHub = HubReference.Is(baseModel) ? HubReference.Parse(baseModel) : null;
        var json = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal)
        {
            ["base_model_name_or_path"] = ofHub?.Repository ?? baseModel,
            ["inference_mode"] = true,
            ["task_type"] = head switch
            {
                Head.SequenceClassification => "SEQ_CLS",
                Head.TokenClassification => "TOKEN_CLS",
                Head.CausalLanguage => "CAUSAL_LM",
                _ => null,
            },
        };
        if (ofHub is not null)
            json["revision"] = ofHub.Revision;
        foreach (var (key, value) in KeysOf(method, model))
            json[key] = value;
        // PEFT itself adds classifier and score for its classification tasks.
        json["modules_to_save"] = head is Head.SequenceClassification or Head.TokenClassification
            ? Names(new[] { "classifier", "score" }.Concat(model.HeadModules(head)).Distinct())
            : null;
        File.WriteAllText(Path.Combine(folder, Name), new JsonObject(json).ToJsonString(new() { WriteIndented = true }));
    }

    private static Dictionary<string, JsonNode?> KeysOf(MethodSpec method, ModelConfiguration model) => method switch
    {
        LoraMethod lora => new()
        {
            ["peft_type"] = "LORA",
            ["alpha_pattern"] = new JsonObject(lora.AlphaPattern.Select(item => KeyValuePair.Create(item.Key, (JsonNode?)item.Value))),
            ["bias"] = lora.Bias switch { LoraBias.All => "all", LoraBias.LoraOnly => "lora_only", _ => "none" },
            ["fan_in_fan_out"] = false,
            ["init_lora_weights"] = true,
            ["layers_to_transform"] = lora.Layers.IsEmpty ? null : new JsonArray([.. lora.Layers.Select(layer => (JsonNode)layer)]),
            ["lora_alpha"] = lora.GeneralAlpha,
            ["lora_dropout"] = lora.Dropout,
            ["r"] = lora.Rank,
            ["rank_pattern"] = new JsonObject(lora.RankPattern.Select(item => KeyValuePair.Create(item.Key, (JsonNode?)item.Value))),
            ["target_modules"] = Targets(lora.Targets(model)!),
            ["use_dora"] = lora.Dora,
            ["use_rslora"] = lora.RankStabilized,
        },
        Ia3Method ia3 => new()
        {
            ["peft_type"] = "IA3",
            ["fan_in_fan_out"] = false,
            ["feedforward_modules"] = Names(ia3.FeedForwardIn(model)),
            ["init_ia3_weights"] = true,
            ["target_modules"] = Targets(ia3.Targets(model)!),
        },
        PrefixMethod prefix => new(OfTokens("PREFIX_TUNING", prefix.Tokens, model))
        {
            ["encoder_hidden_size"] = model.HiddenSize,
            ["prefix_projection"] = false,
            ["token_dim"] = model.KeyWidth,
        },
        PromptMethod prompt => new(OfTokens("PROMPT_TUNING", prompt.Tokens, model))
        {
            ["prompt_tuning_init"] = "RANDOM",
            ["token_dim"] = model.WordTable.Dimensions[1],
        },
        _ => throw new ArgumentException($"The method '{method.Id}' has no adapter to save.", nameof(method)),
    };

    private static Dictionary<string, JsonNode?> OfTokens(string type, int tokens, ModelConfiguration model) => new()
    {
        ["peft_type"] = type,
        ["num_attention_heads"] = model.KeyHeads,
        ["num_layers"] = model.Layers,
        ["num_transformer_submodules"] = 1,
        ["num_virtual_tokens"] = tokens,
    };

    private static int Tokens(JsonObject json, string path) => (int?)json["num_transformer_submodules"] is 2
        ? throw new ModelFileException($"{path} is for a model with an encoder and a decoder, which Nola does not have.")
        : (int?)json["num_virtual_tokens"] ?? throw new ModelFileException($"{path} has no num_virtual_tokens.");

    // PEFT takes a text for a regular expression, and all-linear alone for what it says.
    private static JsonNode Targets(LayerTargets targets) =>
        targets.Names.Contains(LayerTargets.AllLinear) ? LayerTargets.AllLinear : targets.Pattern is { } pattern ? pattern : Names(targets.Names);

    private static string? Pattern(JsonNode? targets) => targets is JsonValue one && (string)one! is var text && text != LayerTargets.AllLinear ? text : null;

    private static ImmutableArray<string> Names(JsonNode? node) => node switch
    {
        JsonArray list => [.. list.Select(item => (string)item!)],
        JsonValue one when (string)one! == LayerTargets.AllLinear => [LayerTargets.AllLinear],
        _ => [],
    };

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(name => (JsonNode)name)]);

    private static ImmutableSortedDictionary<string, T> Patterns<T>(JsonNode? node, Func<JsonNode, T> read) =>
        (node?.AsObject() ?? []).ToImmutableSortedDictionary(item => item.Key, item => read(item.Value!), StringComparer.Ordinal);

    private static bool IsSet(JsonNode? node) => node switch
    {
        null => false,
        JsonArray list => list.Count > 0,
        JsonObject map => map.Count > 0,
        JsonValue value => !value.TryGetValue<bool>(out var flag) || flag,
        _ => true,
    };

    private static T Read<T>(string folder, Func<JsonObject, string, T> read)
    {
        var path = Path.Combine(folder, Name);
        if (!File.Exists(path))
            throw new ModelFileException($"{folder} is no adapter folder: it has no {Name}.");
        try
        {
            return read(JsonNode.Parse(File.ReadAllText(path))!.AsObject(), path);
        }
        catch (Exception fault) when (fault is JsonException or NullReferenceException or InvalidOperationException or FormatException)
        {
            throw new ModelFileException($"{path} is no adapter configuration: {fault.Message}", fault);
        }
    }
}
