using System.Buffers.Binary;
using System.Text.Json;
using Nola.Training.Models;
using Nola.Training.Models.DistilBert;
using Nola.Training.Safetensors;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Models;

public sealed class WeightFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-weights-").FullName;
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();
    private readonly DistilBertConfiguration shape = new() { VocabularySize = 7, HiddenSize = 4, Layers = 2, Heads = 2, IntermediateSize = 8, MaxPositions = 6 };

    public void Dispose()
    {
        scope.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    // Halves, quarters and eighths are exact in all three formats.
    [Theory]
    [InlineData("F32")]
    [InlineData("F16")]
    [InlineData("BF16")]
    public void Load_ShardsInAnyFormat_GivesTheSameWeights(string format)
    {
        using var weights = Exact();
        var parts = weights.All.Chunk(15).ToArray();
        var map = new Dictionary<string, string>();
        foreach (var (index, part) in parts.Index())
        {
            var name = $"model-{index + 1:00000}-of-{parts.Length:00000}.safetensors";
            Write(name, part, format);
            foreach (var (tensor, _) in part)
                map[tensor] = name;
        }

        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), JsonSerializer.Serialize(new { weight_map = map }));

        using var loaded = new WeightFiles(folder).Load(shape, shape.BaseWeights());

        Assert.True(parts.Length > 1);
        Assert.Equal(weights.Names, loaded.Names);
        Assert.All(loaded.All, item => Assert.True(item.Value.dtype == ScalarType.Float32 && item.Value.equal(weights[item.Key]).all().item<bool>(), item.Key));
    }

    [Fact]
    public void Load_BaseWithoutItsPrefix_IsFound()
    {
        using var weights = Exact();
        Write("model.safetensors", [.. weights.All.Select(item => KeyValuePair.Create(item.Key["distilbert.".Length..], item.Value))], "F32");

        using var loaded = new WeightFiles(folder).Load(shape, shape.BaseWeights());

        Assert.All(loaded.All, item => Assert.True(item.Value.equal(weights[item.Key]).all().item<bool>(), item.Key));
    }

    [Fact]
    public void Open_PythonWeights_SaysHowToConvertThem()
    {
        File.WriteAllText(Path.Combine(folder, "pytorch_model.bin"), "");

        Assert.Contains("AutoModel.from_pretrained(folder).save_pretrained(folder)", Assert.Throws<ModelFileException>(() => new WeightFiles(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ShardMissing_NamesIt()
    {
        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), """{ "weight_map": { "a": "model-00001-of-00002.safetensors" } }""");

        Assert.Contains("model-00001-of-00002.safetensors", Assert.Throws<ModelFileException>(() => new WeightFiles(folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "model_type": "t5" }""", "'t5'; Nola trains bert, ")]
    [InlineData("""{ "model_type": "roberta", "hidden_act": "relu" }""", "hidden_act 'relu'; Nola knows gelu")]
    [InlineData("""{ "model_type": "mobilebert", "normalization_type": "layer_norm" }""", "normalization_type 'layer_norm'; Nola knows no_norm")]
    [InlineData("""{ "model_type": "mobilebert", "use_bottleneck_attention": true }""", "use_bottleneck_attention on; Nola knows MobileBERTs with it off")]
    [InlineData("""{ "model_type": "distilbert", "vocab_size": 7 }""", "has no dim")]
    public void Read_ConfigurationThatNolaDoesNotKnow_SaysWhatAndWhatItKnows(string json, string message)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), json);

        Assert.Contains(message, Assert.Throws<ModelFileException>(() => ModelConfiguration.Read(folder)).Message, StringComparison.Ordinal);
    }

    private Weights Exact()
    {
        manual_seed(1);
        var weights = Weights.Create(shape.BaseWeights(), 1);
        foreach (var name in weights.Names.ToArray())
            weights[name] = (randn(weights[name].shape) * 8).round() / 8;
        return weights;
    }

    private void Write(string name, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, string format)
    {
        var type = format switch { "F16" => ScalarType.Float16, "BF16" => ScalarType.BFloat16, _ => ScalarType.Float32 };
        var header = new Dictionary<string, object>();
        var data = new List<byte>();
        foreach (var (tensor, values) in tensors)
        {
            var start = data.Count;
            data.AddRange(values.to(type).contiguous().bytes);
            header[tensor] = new { dtype = format, shape = values.shape, data_offsets = new[] { start, data.Count } };
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        File.WriteAllBytes(Path.Combine(folder, name), [.. length, .. json, .. data]);
    }
}
