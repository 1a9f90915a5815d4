using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Data;
using Nola.Training.Tasks;

namespace Nola.Training.Pretraining;

/// <summary>The folder of a model that does not exist yet: vocabulary and first weights from the training split.</summary>
public static class NewModelFolder
{
    /// <summary>Makes the folder, or returns the one that an earlier attempt made. It appears whole or not at all.</summary>
    /// <returns>The path of a Hugging Face folder.</returns>
    /// <exception cref="TrialFailedException">The shape is impossible, or there is no text.</exception>
    public static string Prepare(NewModel model, TrialSpec trial, string folder)
    {
        if (Directory.Exists(folder))
            return folder;
        if (model.Problem is { } problem)
            throw new TrialFailedException($"The model '{model.Id}' is impossible: {problem}.");
        var dataset = trial.Dataset ?? throw new TrialFailedException($"The new model '{model.Id}' needs a dataset to learn its vocabulary from.");
        var texts = DatasetReader.Read(dataset, Split.Train, needsLabels: false).ConvertAll(example => example.Text);
        if (texts.Count == 0)
            throw new TrialFailedException($"The training split of the dataset '{dataset.Id}' has no text.");

        var temporary = $"{folder}.{Environment.ProcessId}.new";
        Directory.CreateDirectory(temporary);
        if (model.Type == NewModel.Llama)
            NewLlama.Write(model, texts, trial.Seed, temporary);
        else
            NewBert.Write(model, texts, trial.Seed, temporary);
        Directory.Move(temporary, folder);
        return folder;
    }
}
