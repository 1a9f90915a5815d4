using Nola.Core.Scoring;
using Nola.Core.Trials;
using Nola.Data;
using Nola.Training.Batches;
using Nola.Training.Models;
using Nola.Training.Tokenizers;
using static TorchSharp.torch;

namespace Nola.Training.Tasks;

/// <summary>Puts each text, or pair of texts, into one of the classes that occur in the training split.</summary>
public sealed class SequenceClassificationTask : ITrainingTask
{
    private const int EvaluationBatch = 64;

    private readonly IReadOnlyList<EncodedText> train;
    private readonly IReadOnlyList<EncodedText> validation;
    private readonly IReadOnlyList<EncodedText> test;
    private readonly BatchOrder order;
    private readonly int padding;

    /// <summary>Over the examples of the splits. Without validation examples a tenth of the training examples is held out, stratified.</summary>
    /// <param name="trial">What is trained.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="train">Examples of the training split; their labels are the classes.</param>
    /// <param name="validation">Examples of the validation split; may be empty.</param>
    /// <param name="test">Examples of the test split; may be empty.</param>
    /// <param name="encode">Makes an example's sequence; its class is filled in here. Default: text, or text and second text, cut at the end.</param>
    /// <exception cref="TrialFailedException">The training split is empty, or a label of another split is not in it.</exception>
    public SequenceClassificationTask(
        TrialSpec trial, Tokenizer tokenizer, IReadOnlyList<Example> train, IReadOnlyList<Example> validation, IReadOnlyList<Example> test,
        Func<Example, EncodedText>? encode = null)
    {
        encode ??= EncodeWhole;
        if (train.Count == 0)
            throw new TrialFailedException($"The training split of the dataset '{trial.Dataset?.Id}' is empty.");
        Labels = [.. train.Select(example => example.Label ?? "").Distinct().Order(StringComparer.Ordinal)];
        var numbers = Labels.Index().ToDictionary(item => item.Item, item => item.Index);
        padding = tokenizer.Padding;
        var all = Encode(train, "training");
        this.test = Encode(test, "test");
        if (validation.Count > 0)
        {
            this.train = all;
            this.validation = Encode(validation, "validation");
        }
        else
        {
            var (kept, heldOut) = Subsets.Stratified([.. all.Select(text => text.Label)], 0.1, trial.Seed);
            this.train = [.. kept.Select(i => all[i])];
            this.validation = [.. heldOut.Select(i => all[i])];
        }

        if (trial.Budget.SamplesPerClass is { } perClass)
            this.train = [.. Subsets.FewShot([.. this.train.Select(text => text.Label)], perClass, trial.Seed).Select(i => this.train[i])];
        order = new(this.train.Select(text => text.Ids.Length), trial.Training.BatchSize, trial.Seed);

        EncodedText[] Encode(IReadOnlyList<Example> examples, string split)
        {
            if (examples.FirstOrDefault(example => !numbers.ContainsKey(example.Label ?? "")) is { } stranger)
                throw new TrialFailedException($"The {split} split of the dataset '{trial.Dataset?.Id}' has the label '{stranger.Label}', which the training split lacks.");
            return [.. examples.AsParallel().AsOrdered().Select(example => encode(example) with { Label = numbers[example.Label ?? ""] })];
        }

        EncodedText EncodeWhole(Example example)
        {
            var (ids, pairStart) = tokenizer.EncodeForClassification(example.Text, example.TextPair, trial.Training.MaxLength);
            return new(ids, pairStart, -1);
        }
    }

    public Head Head => Head.SequenceClassification;

    public IReadOnlyList<string> Labels { get; }

    public int Samples => train.Count;

    public int StepsPerEpoch => order.BatchesPerEpoch;

    public Batch TrainingBatch(long step, Device device) => Batch.Of([.. order.At(step).Select(i => train[i])], padding, device);

    public Tensor Loss(LanguageModel model, Batch batch) =>
        nn.functional.cross_entropy(model.Classify(batch.Ids, batch.Mask, batch.Types), batch.Labels);

    public int Count(Split split) => Of(split).Count;

    public ImmutableSortedDictionary<string, double> Evaluate(LanguageModel model, Split split, Device device, Action<int> evaluated)
    {
        var texts = Of(split);
        var labels = new List<int>(texts.Count);
        var probabilities = new List<float>(texts.Count * Labels.Count);
        double loss = 0;
        foreach (var chunk in texts.OrderBy(text => text.Ids.Length).Chunk(EvaluationBatch)) // similar lengths need little padding
        {
            using var scope = NewDisposeScope();
            var batch = Batch.Of(chunk, padding, device);
            var logits = model.Classify(batch.Ids, batch.Mask, batch.Types); // [batch, labels]
            loss += nn.functional.cross_entropy(logits, batch.Labels).item<float>() * chunk.Length;
            probabilities.AddRange(logits.softmax(1).cpu().contiguous().data<float>().ToArray());
            labels.AddRange(chunk.Select(text => text.Label));
            evaluated(chunk.Length);
        }

        var scores = probabilities.ToArray();
        var predictions = Enumerable.Range(0, labels.Count).Select(row => LargestOf(scores.AsSpan(row * Labels.Count, Labels.Count))).ToArray();
        var metrics = new ClassificationMetrics(labels, predictions, Labels.Count);
        return ImmutableSortedDictionary<string, double>.Empty
            .Add("accuracy", metrics.Accuracy)
            .Add("auroc", ClassificationMetrics.MacroAuroc(labels, scores, Labels.Count))
            .Add("loss", labels.Count == 0 ? 0 : loss / labels.Count)
            .Add("macro-f1", metrics.MacroF1)
            .Add("micro-f1", metrics.Accuracy)
            .Add("weighted-f1", metrics.WeightedF1);
    }

    private static int LargestOf(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
            if (values[i] > values[best])
                best = i;
        return best;
    }

    private IReadOnlyList<EncodedText> Of(Split split) => split switch { Split.Train => train, Split.Validation => validation, _ => test };
}
