using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Data;
using Nola.Training.Models;
using Nola.Training.Models.Bert;
using Nola.Training.Safetensors;
using Nola.Training.Tasks;
using Nola.Training.Tokenizers;
using static TorchSharp.torch;

namespace Nola.Training.Pretraining;

/// <summary>The folder of a model that does not exist yet: vocabulary and first weights from the training split.</summary>
public static class NewModelFolder
{
    private const int SmallestHead = 32;

    /// <summary>Makes the folder, or returns the one that an earlier attempt made. It appears whole or not at all.</summary>
    /// <returns>The path of a Hugging Face folder.</returns>
    /// <exception cref="TrialFailedException">The shape is impossible, or there is no text.</exception>
    public static string Prepare(NewModel model, TrialSpec trial, string folder)
    {
        if (Directory.Exists(folder))
            return folder;
        if (model.HiddenSize % model.Heads != 0 || model.HiddenSize / model.Heads < SmallestHead)
            throw new TrialFailedException($"The model '{model.Id}' has {model.HiddenSize} dimensions for {model.Heads} heads; hiddenSize must be a multiple of heads and at least {SmallestHead} per head.");
        var dataset = trial.Dataset ?? throw new TrialFailedException($"The new model '{model.Id}' needs a dataset to learn its vocabulary from.");
        var texts = DatasetReader.Read(dataset, Split.Train, needsLabels: false).ConvertAll(example => example.Text);
        if (texts.Count == 0)
            throw new TrialFailedException($"The training split of the dataset '{dataset.Id}' has no text.");

        var temporary = $"{folder}.{Environment.ProcessId}.new";
        Directory.CreateDirectory(temporary);
        File.WriteAllLines(Path.Combine(temporary, "vocab.txt"), WordPieceTrainer.Train(texts, model.VocabularySize, RarestCharacter(texts)));
        var tokenizer = WordPieceTokenizer.Load(temporary);
        var shape = new BertConfiguration
        {
            VocabularySize = tokenizer.VocabularySize,
            HiddenSize = model.HiddenSize,
            Layers = model.Layers,
            Heads = model.Heads,
            IntermediateSize = model.IntermediateSize,
            MaxPositions = model.MaxPositions,
        };
        shape.Write(temporary, Head.MaskedLanguage, []);
        int[] tokens = [.. texts.AsParallel().AsOrdered().SelectMany(tokenizer.Encode)];
        using (var random = NewDisposeScope())
        {
            manual_seed(trial.Seed);
            using var weights = InitialModel.Create(shape, tokens);
            SafetensorsFile.Save(Path.Combine(temporary, "model.safetensors"), weights.All);
        }

        Directory.Move(temporary, folder);
        return folder;
    }

    // Characters rarer than one in a million would fill the vocabulary of a large corpus.
    private static long RarestCharacter(List<string> texts) => Math.Max(2, texts.Sum(text => (long)text.Length) / 1_000_000);
}
