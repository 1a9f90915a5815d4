using System.Buffers.Binary;
using Nola.Training.Safetensors;
using Nola.Training.Tokenizers;
using static TorchSharp.torch;

namespace Nola.Training.Models.Llama;

/// <summary>
/// A model of llama2.c in its first format: seven int32 (hidden size, feed-forward size, layers, heads, key heads, vocabulary, positions; a
/// negative vocabulary for an output layer of its own), then float32 tensors, those of all layers stacked.
/// </summary>
public static class Llama2cFile
{
    private const int HeaderBytes = 7 * sizeof(int);

    /// <summary>Writes a Hugging Face folder with the model's weights in 32-bit floats and its tokenizer.</summary>
    /// <param name="file">The model, such as stories15M.bin.</param>
    /// <param name="tokenizer">Its tokenizer, such as tokenizer.bin.</param>
    /// <param name="folder">Made when it is not there; files in it are replaced.</param>
    /// <exception cref="ModelFileException">A file is missing, cut off, or of another format.</exception>
    public static void Import(string file, string tokenizer, string folder)
    {
        if ((File.Exists(file) ? File.Exists(tokenizer) ? null : tokenizer : file) is { } missing)
            throw new ModelFileException($"There is no file {missing}.");
        var pieces = SentencePieceModel.FromLlama2c(tokenizer);
        using var scope = NewDisposeScope();
        using var stream = File.OpenRead(file);
        var shape = ReadShape(stream, file);
        if (pieces.Pieces.Count != shape.VocabularySize)
            throw new ModelFileException($"{file} has a vocabulary of {shape.VocabularySize} tokens, and {tokenizer} has {pieces.Pieces.Count}.");
        using var weights = ReadWeights(stream, shape);
        Directory.CreateDirectory(folder);
        shape.Write(folder, Head.CausalLanguage, []);
        pieces.Save(Path.Combine(folder, "tokenizer.model"));
        SafetensorsFile.Save(Path.Combine(folder, "model.safetensors"), weights.All);
    }

    private static LlamaConfiguration ReadShape(FileStream stream, string file)
    {
        var bytes = new byte[HeaderBytes];
        var complete = stream.ReadAtLeast(bytes, HeaderBytes, throwOnEndOfStream: false) == HeaderBytes;
        var numbers = Enumerable.Range(0, 7).Select(index => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(index * sizeof(int)))).ToArray();
        var (hidden, wide, layers, heads, keyHeads, vocabulary, positions) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]);
        if (!complete || hidden <= 0 || wide <= 0 || layers <= 0 || heads <= 0 || keyHeads <= 0 || vocabulary == 0 || positions <= 0 || hidden % heads != 0 || heads % keyHeads != 0)
            throw new ModelFileException($"{file} is no model of llama2.c in its first format: its header is {string.Join(", ", numbers)}.");
        var shape = new LlamaConfiguration
        {
            VocabularySize = Math.Abs(vocabulary),
            HiddenSize = hidden,
            Layers = layers,
            Heads = heads,
            KeyValueHeads = keyHeads,
            HeadSize = hidden / heads,
            IntermediateSize = wide,
            MaxPositions = positions,
            NormEpsilon = 1e-5,
            TiesEmbeddings = vocabulary > 0,
            SpecialTokens = LlamaConfiguration.TokensOfSentencePiece,
        };
        var values = shape.BaseWeights().Concat(shape.HeadWeights(Head.CausalLanguage, 0)).Sum(weight => weight.Dimensions.Aggregate(1L, (product, size) => product * size));
        var expected = HeaderBytes + ((values + (positions * shape.HeadSize)) * sizeof(float));
        return stream.Length == expected ? shape : throw new ModelFileException($"{file} has {stream.Length} bytes, and its header promises {expected}.");
    }

    private static Weights ReadWeights(FileStream stream, LlamaConfiguration shape)
    {
        var weights = new Weights();
        var dimensions = shape.BaseWeights().ToDictionary(weight => weight.Name, weight => weight.Dimensions);
        One("model.embed_tokens");
        OfEveryLayer("input_layernorm");
        OfEveryLayer("self_attn.q_proj", shape.Heads);
        OfEveryLayer("self_attn.k_proj", shape.KeyValueHeads);
        OfEveryLayer("self_attn.v_proj");
        OfEveryLayer("self_attn.o_proj");
        OfEveryLayer("post_attention_layernorm");
        OfEveryLayer("mlp.gate_proj");
        OfEveryLayer("mlp.down_proj");
        OfEveryLayer("mlp.up_proj");
        One("model.norm");
        _ = Read([shape.MaxPositions, shape.HeadSize]); // cosines and sines, which are computed
        if (!shape.TiesEmbeddings)
            weights["lm_head.weight"] = Read([shape.VocabularySize, shape.HiddenSize]);
        return weights;

        void One(string name) => weights[name + ".weight"] = Read(dimensions[name + ".weight"]);

        void OfEveryLayer(string part, int? rotatedHeads = null)
        {
            for (var layer = 0; layer < shape.Layers; layer++)
            {
                var name = $"model.layers.{layer}.{part}.weight";
                var tensor = Read(dimensions[name]);
                weights[name] = rotatedHeads is { } heads ? PairsToHalves(tensor, heads) : tensor;
            }
        }

        Tensor Read(long[] size)
        {
            var tensor = empty(size);
            stream.ReadExactly(tensor.bytes);
            return tensor;
        }
    }

    // llama2.c turns dimensions 2i and 2i + 1 together; Hugging Face i and i + size/2.
    private static Tensor PairsToHalves(Tensor matrix, int heads) =>
        matrix.view(heads, matrix.shape[0] / heads / 2, 2, matrix.shape[1]).transpose(1, 2).reshape(matrix.shape);
}
