using System.Text.Json;
using System.Text.Json.Nodes;
using Nola.Training.Safetensors;

namespace Nola.Training.Models;

/// <summary>The shape of a BERT model, as its config.json states it. TinyBERT and other small BERTs differ in numbers only.</summary>
public sealed record BertConfiguration
{
    public required int VocabularySize { get; init; }
    public required int HiddenSize { get; init; }
    public required int Layers { get; init; }
    public required int Heads { get; init; }
    public required int IntermediateSize { get; init; }
    public int MaxPositions { get; init; } = 512;
    public int TokenTypes { get; init; } = 2;
    public double LayerNormEpsilon { get; init; } = 1e-12;
    public double HiddenDropout { get; init; } = 0.1;
    public double AttentionDropout { get; init; } = 0.1;

    /// <summary>Dropout before the classifier; null takes <see cref="HiddenDropout"/>.</summary>
    public double? ClassifierDropout { get; init; }

    /// <summary>Standard deviation of new weights.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>Reads config.json of a Hugging Face folder. Throws <see cref="ModelFileException"/> for anything but a BERT.</summary>
    public static BertConfiguration Read(string folder)
    {
        var path = Path.Combine(folder, "config.json");
        if (!File.Exists(path))
            throw new ModelFileException($"{folder} is no model folder: it has no config.json.");
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(path))!;
            var type = (string?)json["model_type"];
            if (type != "bert")
                throw new ModelFileException($"{path} describes a model of type '{type}'; Nola trains the type bert.");
            var activation = (string?)json["hidden_act"] ?? "gelu";
            if (activation != "gelu")
                throw new ModelFileException($"{path} has hidden_act '{activation}'; Nola knows gelu.");
            return new()
            {
                VocabularySize = (int)json["vocab_size"]!,
                HiddenSize = (int)json["hidden_size"]!,
                Layers = (int)json["num_hidden_layers"]!,
                Heads = (int)json["num_attention_heads"]!,
                IntermediateSize = (int)json["intermediate_size"]!,
                MaxPositions = (int?)json["max_position_embeddings"] ?? 512,
                TokenTypes = (int?)json["type_vocab_size"] ?? 2,
                LayerNormEpsilon = (double?)json["layer_norm_eps"] ?? 1e-12,
                HiddenDropout = (double?)json["hidden_dropout_prob"] ?? 0.1,
                AttentionDropout = (double?)json["attention_probs_dropout_prob"] ?? 0.1,
                ClassifierDropout = (double?)json["classifier_dropout"],
                InitializerRange = (double?)json["initializer_range"] ?? 0.02,
            };
        }
        catch (Exception fault) when (fault is JsonException or NullReferenceException or InvalidOperationException or FormatException)
        {
            throw new ModelFileException($"{path} is no complete BERT configuration: {fault.Message}", fault);
        }
    }

    /// <summary>Writes config.json as Hugging Face reads it.</summary>
    /// <param name="folder">Existing folder.</param>
    /// <param name="architecture">Class name of the head, such as <c>BertForMaskedLM</c>.</param>
    /// <param name="labels">Names of the classes; empty without a classification head.</param>
    public void Write(string folder, string architecture, IReadOnlyList<string> labels)
    {
        var json = new JsonObject
        {
            ["architectures"] = new JsonArray(architecture),
            ["attention_probs_dropout_prob"] = AttentionDropout,
            ["classifier_dropout"] = ClassifierDropout,
            ["hidden_act"] = "gelu",
            ["hidden_dropout_prob"] = HiddenDropout,
            ["hidden_size"] = HiddenSize,
            ["initializer_range"] = InitializerRange,
            ["intermediate_size"] = IntermediateSize,
            ["layer_norm_eps"] = LayerNormEpsilon,
            ["max_position_embeddings"] = MaxPositions,
            ["model_type"] = "bert",
            ["num_attention_heads"] = Heads,
            ["num_hidden_layers"] = Layers,
            ["pad_token_id"] = 0,
            ["type_vocab_size"] = TokenTypes,
            ["vocab_size"] = VocabularySize,
        };
        if (labels.Count > 0)
        {
            json["id2label"] = new JsonObject(labels.Select((label, id) => KeyValuePair.Create(id.ToString(System.Globalization.CultureInfo.InvariantCulture), (JsonNode?)label)));
            json["label2id"] = new JsonObject(labels.Select((label, id) => KeyValuePair.Create(label, (JsonNode?)id)));
        }

        File.WriteAllText(Path.Combine(folder, "config.json"), json.ToJsonString(new() { WriteIndented = true }) + "\n");
    }
}
