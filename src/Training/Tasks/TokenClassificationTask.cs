using Nola.Core.Scoring;
using Nola.Core.Trials;
using Nola.Data;
using Nola.Training.Batches;
using Nola.Training.Models;
using Nola.Training.Tokenizers;
using static TorchSharp.torch;

namespace Nola.Training.Tasks;

/// <summary>
/// Gives every word of a sentence one of the tags that occur in the training split: named entities in an IOB scheme. The first token of a word carries
/// its tag, the others are left out of the loss (Devlin et al., arXiv 1810.04805, section 5.3); metrics count whole entities of words.
/// </summary>
/// <remarks>
/// A sentence of more tokens than the training's maximum length goes on in a further sequence, so that no word is left without a prediction. A sentence
/// counts as a sample of the type of its first entity where samples are counted per class; those without entities are a class of their own.
/// </remarks>
public sealed class TokenClassificationTask : ITrainingTask
{
    private const int EvaluationBatch = 64;

    private readonly IReadOnlyList<EncodedWords> train;
    private readonly IReadOnlyList<TaggedSentence> validation;
    private readonly IReadOnlyList<TaggedSentence> test;
    private readonly BatchOrder order;
    private readonly int padding;

    /// <summary>Over the sentences of the splits. Without validation sentences a tenth of the training sentences is held out, stratified.</summary>
    /// <exception cref="TrialFailedException">The training split is empty, or its sentences have no tags.</exception>
    public TokenClassificationTask(
        TrialSpec trial, Tokenizer tokenizer, IReadOnlyList<Example> train, IReadOnlyList<Example> validation, IReadOnlyList<Example> test)
    {
        if (train.Count == 0)
            throw new TrialFailedException($"The training split of the dataset '{trial.Dataset?.Id}' is empty.");
        Labels = [.. train.SelectMany(TagsOf).Distinct().Order(StringComparer.Ordinal)];
        var numbers = Labels.Index().ToDictionary(item => item.Item, item => item.Index);
        padding = tokenizer.Padding;
        var all = Encode(train);
        this.test = Encode(test);
        this.validation = Encode(validation);
        var types = Labels.Select(EntityTags.TypeOf).Distinct().ToList(); // outside has the empty type
        var classes = all.Select(sentence => types.IndexOf(EntityTags.Entities(sentence.Tags).Select(entity => entity.Type).FirstOrDefault(""))).ToArray();
        var chosen = Enumerable.Range(0, all.Length).ToArray();
        if (validation.Count == 0)
        {
            (chosen, var heldOut) = Subsets.Stratified(classes, 0.1, trial.Seed);
            this.validation = [.. heldOut.Select(i => all[i])];
        }

        if (trial.Budget.SamplesPerClass is { } perClass)
            chosen = [.. Subsets.FewShot([.. chosen.Select(i => classes[i])], perClass, trial.Seed).Select(i => chosen[i])];
        this.train = [.. chosen.SelectMany(i => all[i].Sequences)];
        if (this.train.Count == 0)
            throw new TrialFailedException($"The training split of the dataset '{trial.Dataset?.Id}' has no words that the model '{trial.Model.Id}' can read.");
        order = new(this.train.Select(sequence => sequence.Ids.Length), trial.Training.BatchSize, trial.Seed);

        IReadOnlyList<string> TagsOf(Example example) =>
            example.Tags ?? throw new TrialFailedException($"The dataset '{trial.Dataset?.Id}' has no tags of words; token-classification reads CoNLL files.");

        TaggedSentence[] Encode(IReadOnlyList<Example> examples) => [.. examples.AsParallel().AsOrdered().Select(example =>
            new TaggedSentence(TagsOf(example), [.. EncodedWords.Encode(tokenizer, example.Words!, trial.Training.MaxLength, word => numbers.GetValueOrDefault(TagsOf(example)[word], EncodedWords.NoLabel))]))];
    }

    public Head Head => Head.TokenClassification;

    public IReadOnlyList<string> Labels { get; }

    public int Samples => train.Count;

    public int StepsPerEpoch => order.BatchesPerEpoch;

    public Batch TrainingBatch(long step) => BatchOf([.. order.At(step).Select(i => train[i])]);

    public Tensor Loss(LanguageModel model, Batch batch) => Loss(Logits(model, batch), batch);

    public int Count(Split split) => split == Split.Train ? train.Count : Of(split).Count;

    public ImmutableSortedDictionary<string, double> Evaluate(LanguageModel model, Split split, Device device, Action<int> evaluated)
    {
        var sentences = Of(split);
        // A word without a token, such as one of control characters alone, is outside.
        var predicted = sentences.Select(sentence => Enumerable.Repeat(EntityTags.Outside, sentence.Tags.Count).ToArray()).ToArray();
        double loss = 0;
        long labelled = 0;
        var sequences = sentences.Index().SelectMany(item => item.Item.Sequences.Select(sequence => (Sentence: item.Index, Sequence: sequence)));
        foreach (var chunk in sequences.OrderBy(item => item.Sequence.Ids.Length).Chunk(EvaluationBatch)) // similar lengths need little padding
        {
            using var scope = NewDisposeScope();
            var batch = BatchOf([.. chunk.Select(item => item.Sequence)]).To(device);
            var logits = Logits(model, batch); // [batch, length, labels]
            var count = chunk.Sum(item => item.Sequence.Labels.Count(label => label != EncodedWords.NoLabel));
            if (count > 0)
                loss += Loss(logits, batch).item<float>() * count;
            labelled += count;
            var best = logits.argmax(2).cpu().data<long>().ToArray();
            var length = (int)batch.Ids.shape[1];
            foreach (var (row, (sentence, sequence)) in chunk.Index())
                foreach (var (word, position) in sequence.Words)
                    predicted[sentence][word] = Labels[(int)best[(row * length) + position]];
            evaluated(chunk.Length);
        }

        var metrics = new EntityMetrics([.. sentences.Select(sentence => sentence.Tags)], predicted);
        return metrics.TypeF1.Aggregate(
            ImmutableSortedDictionary<string, double>.Empty
                .Add("accuracy", metrics.Accuracy)
                .Add("loss", labelled == 0 ? 0 : loss / labelled)
                .Add("macro-f1", metrics.MacroF1)
                .Add("micro-f1", metrics.MicroF1)
                .Add("precision", metrics.Precision)
                .Add("recall", metrics.Recall)
                .Add("weighted-f1", metrics.WeightedF1),
            (all, type) => all.Add($"f1/{type.Key}", type.Value));
    }

    private static Tensor Logits(LanguageModel model, Batch batch) => model.ClassifyTokens(batch.Ids, batch.Mask, batch.Types);

    // The mean over the tokens that carry a tag.
    private static Tensor Loss(Tensor logits, Batch batch) =>
        nn.functional.cross_entropy(logits.reshape(-1, logits.shape[2]), batch.Labels.reshape(-1), ignore_index: EncodedWords.NoLabel);

    private Batch BatchOf(IReadOnlyList<EncodedWords> sequences)
    {
        var batch = Batch.Of([.. sequences.Select(sequence => sequence.Text)], padding);
        var length = (int)batch.Ids.shape[1];
        var labels = new long[sequences.Count * length];
        Array.Fill(labels, EncodedWords.NoLabel);
        foreach (var (row, sequence) in sequences.Index())
            foreach (var (position, label) in sequence.Labels.Index())
                labels[(row * length) + position] = label;
        return batch with { Labels = tensor(labels, [sequences.Count, length]) };
    }

    private IReadOnlyList<TaggedSentence> Of(Split split) => split switch
    {
        Split.Validation => validation,
        Split.Test => test,
        _ => throw new ArgumentOutOfRangeException(nameof(split), split, "The training split is not evaluated."),
    };

    private sealed record TaggedSentence(IReadOnlyList<string> Tags, EncodedWords[] Sequences);
}
