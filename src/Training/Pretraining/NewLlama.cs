using Nola.Core.Experiments;
using Nola.Training.Models;
using Nola.Training.Models.Llama;
using Nola.Training.Safetensors;
using Nola.Training.Tokenizers;
using static TorchSharp.torch;

namespace Nola.Training.Pretraining;

/// <summary>A Llama that does not exist yet: a SentencePiece vocabulary from the training text, tied embeddings, random first values.</summary>
internal static class NewLlama
{
    /// <summary>Writes the model into an existing folder.</summary>
    public static void Write(NewModel model, List<string> texts, int seed, string folder)
    {
        var vocabulary = SentencePieceTrainer.Train(texts, model.VocabularySize);
        vocabulary.Save(Path.Combine(folder, "tokenizer.model"));
        var shape = new LlamaConfiguration
        {
            VocabularySize = vocabulary.Pieces.Count,
            HiddenSize = model.HiddenSize,
            Layers = model.Layers,
            Heads = model.Heads,
            KeyValueHeads = model.KeyValueHeads ?? model.Heads,
            HeadSize = model.HiddenSize / model.Heads,
            IntermediateSize = model.IntermediateSize,
            MaxPositions = model.MaxPositions,
            NormEpsilon = 1e-5,
            TiesEmbeddings = true,
            SpecialTokens = LlamaConfiguration.TokensOfSentencePiece,
        };
        shape.Write(folder, Head.CausalLanguage, []);
        using var scope = NewDisposeScope();
        manual_seed(seed);
        // With few dimensions a deviation of 0.02 makes layers that hardly change anything; 1/sqrt(hidden) keeps signals at size.
        using var weights = Weights.Create(shape.BaseWeights().Concat(shape.HeadWeights(Head.CausalLanguage, 0)), deviation: 0.6 / Math.Sqrt(shape.HiddenSize));
        // What a layer adds starts smaller the more layers there are (Radford et al., GPT-2, 2019).
        foreach (var (name, tensor) in weights.All.Where(item => item.Key.EndsWith("o_proj.weight", StringComparison.Ordinal) || item.Key.EndsWith("down_proj.weight", StringComparison.Ordinal)))
            tensor.div_(Math.Sqrt(2 * shape.Layers));
        SafetensorsFile.Save(Path.Combine(folder, "model.safetensors"), weights.All);
    }
}
