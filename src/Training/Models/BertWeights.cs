using Nola.Training.Safetensors;
using static TorchSharp.torch;

namespace Nola.Training.Models;

/// <summary>Names, loading and first values of a BERT's weights.</summary>
public static class BertWeights
{
    /// <summary>Names and shapes of the encoder's weights.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Encoder(BertConfiguration shape)
    {
        long hidden = shape.HiddenSize, inner = shape.IntermediateSize;
        yield return ("bert.embeddings.word_embeddings.weight", [shape.VocabularySize, hidden]);
        yield return ("bert.embeddings.position_embeddings.weight", [shape.MaxPositions, hidden]);
        yield return ("bert.embeddings.token_type_embeddings.weight", [shape.TokenTypes, hidden]);
        foreach (var item in Norm("bert.embeddings.LayerNorm", hidden))
            yield return item;
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var prefix = $"bert.encoder.layer.{layer}";
            foreach (var item in Enumerable.Empty<(string, long[])>()
                .Concat(Dense($"{prefix}.attention.self.query", hidden, hidden))
                .Concat(Dense($"{prefix}.attention.self.key", hidden, hidden))
                .Concat(Dense($"{prefix}.attention.self.value", hidden, hidden))
                .Concat(Dense($"{prefix}.attention.output.dense", hidden, hidden))
                .Concat(Norm($"{prefix}.attention.output.LayerNorm", hidden))
                .Concat(Dense($"{prefix}.intermediate.dense", inner, hidden))
                .Concat(Dense($"{prefix}.output.dense", hidden, inner))
                .Concat(Norm($"{prefix}.output.LayerNorm", hidden)))
                yield return item;
        }
    }

    /// <summary>Names and shapes of the pooler and the classifier of <paramref name="labels"/> classes.</summary>
    public static IEnumerable<(string Name, long[] Shape)> ClassificationHead(BertConfiguration shape, int labels) =>
        Dense("bert.pooler.dense", shape.HiddenSize, shape.HiddenSize).Concat(Dense("classifier", labels, shape.HiddenSize));

    /// <summary>Names and shapes of the masked-LM head; its decoder is the word embedding.</summary>
    public static IEnumerable<(string Name, long[] Shape)> MaskedLanguageHead(BertConfiguration shape) =>
        Dense("cls.predictions.transform.dense", shape.HiddenSize, shape.HiddenSize)
            .Concat(Norm("cls.predictions.transform.LayerNorm", shape.HiddenSize))
            .Append(("cls.predictions.bias", [shape.VocabularySize]));

    /// <summary>
    /// The wanted weights from model.safetensors in the folder; those that the file lacks get their first values from the global generator.
    /// </summary>
    public static Weights Load(string folder, BertConfiguration shape, IEnumerable<(string Name, long[] Shape)> wanted)
    {
        var path = Path.Combine(folder, "model.safetensors");
        if (!File.Exists(path) && File.Exists(Path.Combine(folder, "pytorch_model.bin")))
            throw new ModelFileException($"{folder} has its weights in pytorch_model.bin only; save them as safetensors first (in Python: model.save_pretrained(folder)).");
        var file = SafetensorsFile.Open(path);
        var weights = new Weights();
        try
        {
            foreach (var (name, dimensions) in wanted)
            {
                if (NameInFile(file, name) is not { } stored)
                {
                    if (!IsHead(name))
                        throw new ModelFileException($"{path} has no tensor {name}.");
                    weights[name] = FirstValue(name, dimensions, shape.InitializerRange);
                    continue;
                }

                if (!file.ShapeOf(stored).SequenceEqual(dimensions))
                {
                    // A classifier for other labels is replaced; anything else is a wrong file.
                    if (!name.StartsWith("classifier.", StringComparison.Ordinal))
                        throw new ModelFileException($"{path}: {stored} has the shape [{string.Join(", ", file.ShapeOf(stored).ToArray())}] and config.json asks for [{string.Join(", ", dimensions)}].");
                    weights[name] = FirstValue(name, dimensions, shape.InitializerRange);
                    continue;
                }

                weights[name] = file.Load(stored);
            }

            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>New weights of the given names and shapes: normal with the configured deviation, zero biases, unit norms.</summary>
    public static Weights Create(BertConfiguration shape, IEnumerable<(string Name, long[] Shape)> wanted)
    {
        var weights = new Weights();
        foreach (var (name, dimensions) in wanted)
            weights[name] = FirstValue(name, dimensions, shape.InitializerRange);
        return weights;
    }

    private static Tensor FirstValue(string name, long[] shape, double deviation) =>
        name.EndsWith("bias", StringComparison.Ordinal) ? zeros(shape)
        : name.Contains("LayerNorm", StringComparison.Ordinal) ? ones(shape)
        : randn(shape).mul_(deviation);

    private static bool IsHead(string name) => !name.StartsWith("bert.", StringComparison.Ordinal) || name.StartsWith("bert.pooler", StringComparison.Ordinal);

    // Old files leave out the prefix "bert." and call a norm's weights gamma and beta.
    private static string? NameInFile(SafetensorsFile file, string name)
    {
        string[] candidates = [name, name.StartsWith("bert.", StringComparison.Ordinal) ? name[5..] : name];
        return candidates
            .SelectMany(candidate => new[]
            {
                candidate,
                candidate.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal),
            })
            .FirstOrDefault(file.Contains);
    }

    private static IEnumerable<(string, long[])> Dense(string name, long output, long input) => [(name + ".weight", [output, input]), (name + ".bias", [output])];

    private static IEnumerable<(string, long[])> Norm(string name, long size) => [(name + ".weight", [size]), (name + ".bias", [size])];
}
