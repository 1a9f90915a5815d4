using Nola.Core.Scoring;
using Nola.Core.Trials;
using Nola.Data;
using Nola.Training.Batches;
using Nola.Training.Models;
using Nola.Training.Native;
using Nola.Training.Tokenizers;
using static TorchSharp.torch;

namespace Nola.Training.Tasks;

/// <summary>Puts each text, or pair of texts, into one of the classes that occur in the training split.</summary>
public sealed class SequenceClassificationTask : ITrainingTask
{
    private const int EvaluationBatch = 64;

    private readonly IReadOnlyList<EncodedText> train;
    private readonly IReadOnlyList<EncodedText[]> validation; // the windows of each text
    private readonly IReadOnlyList<EncodedText[]> test;
    private readonly IReadOnlyList<EncodedText[]> training;
    private readonly float[]? weights; // of the classes in the loss
    private readonly BatchOrder order;
    private readonly int padding;

    /// <summary>Over the examples of the splits. Without validation examples a tenth of the training examples is held out, stratified.</summary>
    /// <param name="trial">What is trained.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="train">Examples of the training split; their labels are the classes.</param>
    /// <param name="validation">Examples of the validation split; may be empty.</param>
    /// <param name="test">Examples of the test split; may be empty.</param>
    /// <param name="encode">Makes an example's sequences, which vote; their class is filled in here. Default: one of the text, or of text and second text, or the text's windows.</param>
    /// <exception cref="TrialFailedException">The training split is empty, or a label of another split is not in it.</exception>
    public SequenceClassificationTask(
        TrialSpec trial, Tokenizer tokenizer, IReadOnlyList<Example> train, IReadOnlyList<Example> validation, IReadOnlyList<Example> test,
        Func<Example, IEnumerable<EncodedText>>? encode = null)
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
            training = all;
            this.validation = Encode(validation, "validation");
        }
        else
        {
            var (kept, heldOut) = Subsets.Stratified([.. all.Select(LabelOf)], 0.1, trial.Seed);
            training = [.. kept.Select(i => all[i])];
            this.validation = [.. heldOut.Select(i => all[i])];
        }

        if (trial.Budget.SamplesPerClass is { } perClass)
            training = [.. Subsets.FewShot([.. training.Select(LabelOf)], perClass, trial.Seed).Select(i => training[i])];
        this.train = [.. training.SelectMany(windows => windows)];
        weights = Weights(trial);
        order = new(this.train.Select(text => text.Ids.Length), trial.Training.BatchSize, trial.Seed);

        EncodedText[][] Encode(IReadOnlyList<Example> examples, string split)
        {
            if (examples.FirstOrDefault(example => !numbers.ContainsKey(example.Label ?? "")) is { } stranger)
                throw new TrialFailedException($"The {split} split of the dataset '{trial.Dataset?.Id}' has the label '{stranger.Label}', which the training split lacks.");
            return [.. examples.AsParallel().AsOrdered().Select(example => encode(example).Select(text => text with { Label = numbers[example.Label ?? ""] }).ToArray())];
        }

        IEnumerable<EncodedText> EncodeWhole(Example example)
        {
            var settings = trial.Training;
            if (example.TextPair is null && settings.WindowStride is { } stride)
                return tokenizer.Windows(example.Text, settings.MaxLength, stride).Select(ids => new EncodedText(ids, ids.Length, -1));
            var (ids, pairStart) = tokenizer.EncodeForClassification(example.Text, example.TextPair, settings.MaxLength, settings.Truncation);
            return [new EncodedText(ids, pairStart, -1)];
        }
    }

    public Head Head => Head.SequenceClassification;

    public IReadOnlyList<string> Labels { get; }

    public int Samples => train.Count;

    public int StepsPerEpoch => order.BatchesPerEpoch;

    public Batch TrainingBatch(long step) => Batch.Of([.. order.At(step).Select(i => train[i])], padding);

    public Tensor Loss(LanguageModel model, Batch batch) =>
        nn.functional.cross_entropy(model.Classify(batch.Ids, batch.Mask, batch.Types), batch.Labels, weights is null ? null : tensor(weights).Send(batch.Labels.device));

    public double WeightOf(Batch batch) => weights is null ? batch.Samples : batch.Labels.data<long>().Sum(label => weights[label]);

    public int Count(Split split) => Of(split).Count;

    public ImmutableSortedDictionary<string, double> Evaluate(LanguageModel model, Split split, Device device, Action<int> evaluated)
    {
        var texts = Of(split);
        var scores = new float[texts.Count * Labels.Count]; // of each text, the mean over its windows
        var windows = texts.SelectMany((text, index) => text.Select(window => (Window: window, Text: index, Share: 1f / text.Length)));
        foreach (var chunk in windows.OrderBy(item => item.Window.Ids.Length).Chunk(EvaluationBatch)) // similar lengths need little padding
        {
            using var scope = NewDisposeScope();
            var batch = Batch.Of([.. chunk.Select(item => item.Window)], padding).To(device);
            var rows = model.Classify(batch.Ids, batch.Mask, batch.Types).softmax(1).cpu().contiguous().data<float>().ToArray(); // [batch, labels]
            foreach (var (row, (_, text, share)) in chunk.Index())
                for (var label = 0; label < Labels.Count; label++)
                    scores[(text * Labels.Count) + label] += share * rows[(row * Labels.Count) + label];
            evaluated(chunk.Length);
        }

        int[] labels = [.. texts.Select(LabelOf)];
        var loss = labels.Select((label, text) => -Math.Log(Math.Max(scores[(text * Labels.Count) + label], float.Epsilon))).DefaultIfEmpty(0).Average();
        var predictions = Enumerable.Range(0, labels.Length).Select(row => LargestOf(scores.AsSpan(row * Labels.Count, Labels.Count))).ToArray();
        var metrics = new ClassificationMetrics(labels, predictions, Labels.Count);
        return ImmutableSortedDictionary<string, double>.Empty
            .Add("accuracy", metrics.Accuracy)
            .Add("auroc", ClassificationMetrics.MacroAuroc(labels, scores, Labels.Count))
            .Add("loss", loss)
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

    private static int LabelOf(EncodedText[] windows) => windows[0].Label;

    private float[]? Weights(TrialSpec trial)
    {
        var given = trial.Training.ClassWeights;
        if (given.Keys.FirstOrDefault(label => !Labels.Contains(label)) is { } stranger)
            throw new TrialFailedException($"classWeights names '{stranger}', which is no label of the dataset '{trial.Dataset?.Id}'; its labels are {string.Join(", ", Labels)}.");
        if (trial.Training.BalancesClasses)
            return [.. Labels.Select((_, label) => training.Count(text => LabelOf(text) == label)).Select(count => count == 0 ? 0 : (float)training.Count / (Labels.Count * count))];
        return given.IsEmpty ? null : [.. Labels.Select(label => (float)given.GetValueOrDefault(label, 1))];
    }

    private IReadOnlyList<EncodedText[]> Of(Split split) => split switch { Split.Train => training, Split.Validation => validation, _ => test };
}
