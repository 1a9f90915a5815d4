using Nola.Core.Trials;
using Nola.Data;
using Nola.Training.Batches;
using Nola.Training.Tokenizers;

namespace Nola.Training.Tasks;

/// <summary>Makes the task that a trial names.</summary>
public static class TrainingTasks
{
    /// <summary>Reads the trial's dataset and prepares its task.</summary>
    /// <exception cref="TrialFailedException">The task does not train, or the dataset does not serve it.</exception>
    /// <exception cref="DataException">A file is missing or malformed.</exception>
    public static ITrainingTask Create(TrialSpec trial, Tokenizer tokenizer)
    {
        var dataset = trial.Dataset ?? throw new TrialFailedException($"The task '{trial.Task}' needs a dataset.");
        return trial.Task switch
        {
            "sequence-classification" => new SequenceClassificationTask(trial, tokenizer, Read(Split.Train, true), Read(Split.Validation, true), Read(Split.Test, true)),
            "relation-classification" => new SequenceClassificationTask(trial, tokenizer, Read(Split.Train, true), Read(Split.Validation, true), Read(Split.Test, true), EncodeRelation),
            "token-classification" => new TokenClassificationTask(trial, tokenizer, Read(Split.Train, true), Read(Split.Validation, true), Read(Split.Test, true)),
            "masked-lm" => new MaskedLanguageTask(trial, tokenizer, Read(Split.Train, false), Read(Split.Validation, false), Read(Split.Test, false)),
            "causal-lm" => new CausalLanguageTask(trial, tokenizer, Read(Split.Train, false), Read(Split.Validation, false), Read(Split.Test, false), Others()),
            _ => throw new TrialFailedException($"The training runner has no task '{trial.Task}'."),
        };

        EncodedText[] EncodeRelation(Example example)
        {
            var ids = RelationText.Encode(tokenizer, example.Text, dataset.Markers, trial.Training.MaxLength);
            return [new(ids, ids.Length, -1)];
        }

        Dictionary<string, IReadOnlyList<Example>> Others() => dataset.AlsoEvaluate.ToDictionary(
            other => other.Key,
            other => (IReadOnlyList<Example>)DatasetReader.Read(dataset with { Train = other.Value, Columns = dataset.Columns with { Split = null } }, Split.Train, needsLabels: false));

        List<Example> Read(Split split, bool needsLabels) => DatasetReader.Read(dataset, split, needsLabels);
    }
}
