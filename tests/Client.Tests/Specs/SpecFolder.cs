using System.Text.Json;
using Nola.Client.Specs;

namespace Nola.Client.Tests.Specs;

/// <summary>A temporary folder with a spec file, a small dataset and a folder that looks like the built-in model.</summary>
public sealed class SpecFolder : IDisposable
{
    public SpecFolder()
    {
        Write("data/train.csv", "text,label\nchest pain,heart\ncough,lung\npalpitations,heart\nwheezing,lung\n");
        Write("data/test.csv", "text,label\nshort of breath,lung\n");
        WriteModel("models/nola-mini", "bert", layers: 4, positions: 128);
        WriteModel("models/nola-mini-lm", "llama", layers: 5, positions: 512);
    }

    /// <summary>Full path of the folder.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("nola-spec-").FullName;

    /// <summary>Settings that look only into this folder.</summary>
    public SpecSettings Settings => new() { ModelFolders = [Path.Combine(Root, "models")], DataFolder = Path.Combine(Root, "cache") };

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>Writes a file and returns its full path.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Writes a model folder with the names of its linear layers, and next to nothing in them.</summary>
    public void WriteModel(string name, string type, int layers, int positions)
    {
        var isLlama = type == "llama";
        Write($"{name}/config.json", $$"""{ "model_type": "{{type}}", "num_hidden_layers": {{layers}}, "max_position_embeddings": {{positions}}, "hidden_act": "{{(isLlama ? "silu" : "gelu")}}" }""");
        Write($"{name}/{(isLlama ? "tokenizer.model" : "vocab.txt")}", "[PAD]\n");
        string[] linear = isLlama
            ? ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"]
            : ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "intermediate.dense", "output.dense"];
        var header = JsonSerializer.SerializeToUtf8Bytes(Enumerable.Range(0, layers)
            .SelectMany(layer => linear.Select(part => $"{(isLlama ? "model.layers" : "bert.encoder.layer")}.{layer}.{part}.weight"))
            .ToDictionary(tensor => tensor, _ => new { dtype = "F32", shape = new[] { 1, 1 }, data_offsets = new[] { 0, 4 } }));
        File.WriteAllBytes(Path.Combine(Root, name, "model.safetensors"), [.. BitConverter.GetBytes((long)header.Length), .. header, 0, 0, 0, 0]);
    }

    /// <summary>Loads a spec with this text.</summary>
    public SpecResult Load(string text) => SpecFile.Load(Write("spec.yaml", text), Settings);

    /// <summary>The problems of a spec with this text, a line each, without this folder's path.</summary>
    public string ProblemsOf(string text) => string.Join("\n", Load(text).Problems).Replace(Root + "/", "", StringComparison.Ordinal);
}
