using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nola.Core.Experiments;
using Nola.Training.Adapters;
using Nola.Training.Safetensors;

namespace Nola.Training.Models;

/// <summary>
/// The shape of a model, as its config.json states it: the names and shapes of its weights, and how to compute with them. One class per architecture.
/// </summary>
public abstract record ModelConfiguration
{
    // How the names of Hugging Face's classes end.
    private static readonly (Head Head, string Name)[] HeadNames =
    [
        (Head.SequenceClassification, "ForSequenceClassification"),
        (Head.TokenClassification, "ForTokenClassification"),
        (Head.MaskedLanguage, "ForMaskedLM"),
        (Head.CausalLanguage, "ForCausalLM"),
    ];

    /// <summary>Entries in the vocabulary, that is rows of the word embedding.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Dimensions of a hidden state.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Transformer layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Longest sequence, in tokens, special tokens included.</summary>
    public int MaxPositions { get; init; } = 512;

    /// <summary>Standard deviation of new weights.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>The architecture's name, <c>model_type</c> in config.json.</summary>
    public abstract string ModelType { get; }

    /// <summary>How names of Hugging Face's classes begin, such as <c>Bert</c> in BertForMaskedLM.</summary>
    public abstract string ClassPrefix { get; }

    /// <summary>How names of the base's weights begin, such as <c>bert.</c>; files of a base without a head leave it out.</summary>
    public abstract string BasePrefix { get; }

    /// <summary>Weights that every task needs.</summary>
    public abstract IEnumerable<WeightShape> BaseWeights();

    /// <summary>Weights that one head needs besides; for <paramref name="labels"/> classes where it classifies.</summary>
    /// <exception cref="ModelFileException">The architecture has no such head.</exception>
    public abstract IEnumerable<WeightShape> HeadWeights(Head head, int labels);

    /// <summary>Matrices of the linear layers that an adapter may sit on: all but those of the output head.</summary>
    public IEnumerable<WeightShape> AdaptableLayers(Head head) => BaseWeights().Concat(HeadWeights(head, 1))
        .Where(weight => weight.Role == WeightRole.Linear && weight.Name != OutputLayer + ".weight" && !IsOfHeadModule(weight.Name, head));

    /// <summary>Whether an adapter trains and saves a weight whole.</summary>
    public bool IsOfHeadModule(string name, Head head) => HeadModules(head).Any(module => name.StartsWith(module + ".", StringComparison.Ordinal));

    /// <summary>The model over its weights and its adapters but a prompt; see <see cref="Assemble"/>.</summary>
    public abstract LanguageModel Build(Weights weights, AdapterSet adapters, Precision precision);

    /// <summary>The model over its weights and adapters, behind its prompt where it has one.</summary>
    public LanguageModel Assemble(Weights weights, AdapterSet adapters, Precision precision)
    {
        var model = Build(weights, adapters, precision);
        return adapters.Prompt is { } prompt ? new PromptedModel(model, prompt) : model;
    }

    /// <summary>Attention heads with keys of their own.</summary>
    public int KeyHeads
    {
        get
        {
            var json = ToJson();
            return (int)(json["num_key_value_heads"] ?? json["num_attention_heads"] ?? json["n_heads"])!;
        }
    }

    /// <summary>Dimensions of a layer's key, over all heads.</summary>
    public long KeyWidth => BaseWeights().First(weight => LayerTargets.IsNamed(weight.Name, DefaultTargets.Ia3[0] + ".weight")).Dimensions[0];

    /// <summary>The word embedding.</summary>
    public WeightShape WordTable => BaseWeights().First(weight => weight.Role == WeightRole.Embedding && weight.Dimensions[0] == VocabularySize);

    /// <summary>The same shape with one probability of dropout everywhere.</summary>
    public abstract ModelConfiguration WithDropout(double probability);

    /// <summary>Whether the embedding and the layers have dropout.</summary>
    public abstract bool HasDropout { get; }

    /// <summary>Layers that a method adapts when the spec names none.</summary>
    public abstract DefaultTargets DefaultTargets { get; }

    /// <summary>Modules of the output head, which adapters train and save whole, such as <c>classifier</c>.</summary>
    public virtual ImmutableArray<string> HeadModules(Head head) => head is Head.SequenceClassification or Head.TokenClassification ? ["classifier"] : [];

    /// <summary>Other names under which older files have a weight.</summary>
    public virtual IEnumerable<string> OtherNames(string name) => [];

    /// <summary>The linear layer with a row for each token of the vocabulary, which no adapter sits on; null where there is none.</summary>
    protected virtual string? OutputLayer => null;

    /// <summary>The keys of config.json.</summary>
    protected abstract JsonObject ToJson();

    /// <summary>Reads config.json of a Hugging Face folder.</summary>
    /// <exception cref="ModelFileException">There is none, it is damaged, or Nola does not know the architecture.</exception>
    public static ModelConfiguration Read(string folder)
    {
        var path = Path.Combine(folder, "config.json");
        if (!File.Exists(path))
            throw new ModelFileException($"{folder} is no model folder: it has no config.json.");
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            return Architectures.Read(new(json, path));
        }
        catch (Exception fault) when (fault is JsonException or NullReferenceException or InvalidOperationException or FormatException)
        {
            throw new ModelFileException($"{path} is no complete model configuration: {fault.Message}", fault);
        }
    }

    /// <summary>The head that config.json of a folder names among its architectures; null when it names none that Nola knows.</summary>
    public static Head? ReadHead(string folder) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))?["architectures"]?.AsArray().FirstOrDefault()?.GetValue<string>() is { } name
            ? HeadNames.Where(head => name.EndsWith(head.Name, StringComparison.Ordinal)).Select(head => (Head?)head.Head).FirstOrDefault()
            : null;

    /// <summary>Names of the classes that config.json of a folder lists; empty when it lists none.</summary>
    public static IReadOnlyList<string> ReadLabels(string folder)
    {
        var named = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))?["id2label"]?.AsObject() ?? [];
        return [.. named.OrderBy(item => int.Parse(item.Key, CultureInfo.InvariantCulture)).Select(item => (string)item.Value!)];
    }

    /// <summary>Writes config.json as Hugging Face reads it.</summary>
    /// <param name="folder">Existing folder.</param>
    /// <param name="head">The head that is saved with the base; null for the base alone.</param>
    /// <param name="labels">Names of the classes; empty without a classification head.</param>
    public void Write(string folder, Head? head, IReadOnlyList<string> labels)
    {
        var json = ToJson();
        json["architectures"] = new JsonArray(ClassPrefix + (head is null ? "Model" : HeadNames.First(known => known.Head == head).Name));
        json["hidden_size"] ??= HiddenSize;
        json["initializer_range"] = InitializerRange;
        json["max_position_embeddings"] ??= MaxPositions;
        json["model_type"] = ModelType;
        json["num_hidden_layers"] ??= Layers;
        json["vocab_size"] = VocabularySize;
        if (labels.Count > 0)
        {
            json["id2label"] = new JsonObject(labels.Select((label, id) => KeyValuePair.Create(id.ToString(CultureInfo.InvariantCulture), (JsonNode?)label)));
            json["label2id"] = new JsonObject(labels.Select((label, id) => KeyValuePair.Create(label, (JsonNode?)id)));
        }

        var ordered = new JsonObject(json.OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => KeyValuePair.Create(item.Key, item.Value?.DeepClone())));
        File.WriteAllText(Path.Combine(folder, "config.json"), ordered.ToJsonString(new() { WriteIndented = true }) + "\n");
    }
}

/// <summary>Ends of the names of the linear layers that LoRA and IA3 adapt when a spec names none: key and value, as in arXiv 2402.10597.</summary>
/// <param name="Lora">Of LoRA.</param>
/// <param name="Ia3">Of IA3.</param>
/// <param name="FeedForward">Those of IA3 that are scaled at their input.</param>
public sealed record DefaultTargets(ImmutableArray<string> Lora, ImmutableArray<string> Ia3, ImmutableArray<string> FeedForward);
