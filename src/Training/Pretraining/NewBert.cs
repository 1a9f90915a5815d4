using Nola.Core.Experiments;
using Nola.Training.Models;
using Nola.Training.Models.Bert;
using Nola.Training.Safetensors;
using Nola.Training.Tokenizers;
using static TorchSharp.torch;

namespace Nola.Training.Pretraining;

/// <summary>A BERT that does not exist yet: a WordPiece vocabulary and first values from the training text.</summary>
internal static class NewBert
{
    /// <summary>Writes the model into an existing folder.</summary>
    public static void Write(NewModel model, List<string> texts, int seed, string folder)
    {
        File.WriteAllLines(Path.Combine(folder, "vocab.txt"), WordPieceTrainer.Train(texts, model.VocabularySize, RarestCharacter(texts)));
        var tokenizer = WordPieceTokenizer.Load(folder);
        var shape = new BertConfiguration
        {
            VocabularySize = tokenizer.VocabularySize,
            HiddenSize = model.HiddenSize,
            Layers = model.Layers,
            Heads = model.Heads,
            IntermediateSize = model.IntermediateSize,
            MaxPositions = model.MaxPositions,
        };
        shape.Write(folder, Head.MaskedLanguage, []);
        int[] tokens = [.. texts.AsParallel().AsOrdered().SelectMany(tokenizer.Encode)];
        using var random = NewDisposeScope();
        manual_seed(seed);
        using var weights = InitialModel.Create(shape, tokens);
        SafetensorsFile.Save(Path.Combine(folder, "model.safetensors"), weights.All);
    }

    // Characters rarer than one in a million would fill the vocabulary of a large corpus.
    private static long RarestCharacter(List<string> texts) => Math.Max(2, texts.Sum(text => (long)text.Length) / 1_000_000);
}
