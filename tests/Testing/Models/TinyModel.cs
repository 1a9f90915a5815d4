using System.Buffers.Binary;
using System.Text.Json;

namespace Nola.Testing.Models;

/// <summary>A BERT of a few thousand weights with a vocabulary of its own, written as a Hugging Face folder: small enough to train in a second.</summary>
public static class TinyModel
{
    private const int Hidden = 32, Inner = 64, Layers = 2, Positions = 64;

    private static readonly string[] Vocabulary =
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "chest", "pain", "heart", "rash", "skin", "itch", "the", "patient", "has", "a", "and", "no", "."];

    /// <summary>Writes config.json, vocab.txt and model.safetensors with seeded values.</summary>
    public static string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllLines(Path.Combine(folder, "vocab.txt"), Vocabulary);
        File.WriteAllText(Path.Combine(folder, "config.json"), $$"""
            {"model_type": "bert", "hidden_act": "gelu", "vocab_size": {{Vocabulary.Length}}, "hidden_size": {{Hidden}}, "num_hidden_layers": {{Layers}},
             "num_attention_heads": 2, "intermediate_size": {{Inner}}, "max_position_embeddings": {{Positions}}, "type_vocab_size": 2}
            """);
        WriteWeights(Path.Combine(folder, "model.safetensors"));
        return folder;
    }

    /// <summary>Writes a table of notes about hearts and skins that a tiny model tells apart in a few steps.</summary>
    public static string WriteNotes(string path, int rows)
    {
        var random = new Random(rows);
        string[][] words = [["chest", "pain", "heart"], ["rash", "skin", "itch"]];
        File.WriteAllLines(path, Enumerable.Range(0, rows).Select(row =>
            $"the patient has a {words[row % 2][random.Next(3)]} and {words[row % 2][random.Next(3)]} .,{(row % 2 == 0 ? "CARDIO" : "DERMA")}").Prepend("text,label"));
        return path;
    }

    private static void WriteWeights(string path)
    {
        var random = new Random(1);
        var header = new SortedDictionary<string, object>(StringComparer.Ordinal);
        var values = new List<float>();
        foreach (var (name, shape) in Shapes())
        {
            var start = values.Count * 4;
            var count = shape.Aggregate(1, (product, size) => product * size);
            for (var index = 0; index < count; index++)
                values.Add(name.EndsWith("LayerNorm.weight", StringComparison.Ordinal) ? 1 : name.EndsWith("bias", StringComparison.Ordinal) ? 0 : (float)(random.NextDouble() - 0.5) * 0.3f);
            header[name] = new { dtype = "F32", shape, data_offsets = new[] { start, values.Count * 4 } };
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var bytes = new byte[8 + json.Length + (values.Count * 4)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, json.Length);
        json.CopyTo(bytes, 8);
        for (var index = 0; index < values.Count; index++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(8 + json.Length + (index * 4)), values[index]);
        File.WriteAllBytes(path, bytes);
    }

    private static IEnumerable<(string Name, int[] Shape)> Shapes()
    {
        const string Embeddings = "bert.embeddings.";
        yield return (Embeddings + "word_embeddings.weight", [Vocabulary.Length, Hidden]);
        yield return (Embeddings + "position_embeddings.weight", [Positions, Hidden]);
        yield return (Embeddings + "token_type_embeddings.weight", [2, Hidden]);
        yield return (Embeddings + "LayerNorm.weight", [Hidden]);
        yield return (Embeddings + "LayerNorm.bias", [Hidden]);
        for (var layer = 0; layer < Layers; layer++)
        {
            var prefix = $"bert.encoder.layer.{layer}.";
            foreach (var (name, output, input) in new[]
            {
                ("attention.self.query", Hidden, Hidden), ("attention.self.key", Hidden, Hidden), ("attention.self.value", Hidden, Hidden),
                ("attention.output.dense", Hidden, Hidden), ("intermediate.dense", Inner, Hidden), ("output.dense", Hidden, Inner),
            })
            {
                yield return (prefix + name + ".weight", [output, input]);
                yield return (prefix + name + ".bias", [output]);
            }

            foreach (var norm in new[] { "attention.output.LayerNorm", "output.LayerNorm" })
            {
                yield return ($"{prefix}{norm}.weight", [Hidden]);
                yield return ($"{prefix}{norm}.bias", [Hidden]);
            }
        }
    }
}
