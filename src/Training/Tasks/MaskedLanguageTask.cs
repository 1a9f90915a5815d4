using Nola.Core.Trials;
using Nola.Data;
using Nola.Training.Batches;
using Nola.Training.Models;
using Nola.Training.Tokenizers;
using static TorchSharp.torch;

namespace Nola.Training.Tasks;

/// <summary>Guesses hidden tokens of running text: BERT's pretraining (Devlin et al., arXiv 1810.04805) without sentence pairs.</summary>
public sealed class MaskedLanguageTask : ITrainingTask
{
    private const int EvaluationBatch = 32;

    private readonly List<int[]> train;
    private readonly List<int[]> validation;
    private readonly List<int[]> test;
    private readonly BatchOrder order;
    private readonly Tokenizer tokenizer;
    private readonly int mask;
    private readonly double probability;
    private readonly int seed;

    /// <summary>Packs documents into sequences of the training's maximum length. Without validation documents a fiftieth of the sequences is held out.</summary>
    /// <exception cref="TrialFailedException">The training split has no text, or the vocabulary no mask token.</exception>
    public MaskedLanguageTask(
        TrialSpec trial, Tokenizer tokenizer, IReadOnlyList<Example> train, IReadOnlyList<Example> validation, IReadOnlyList<Example> test)
    {
        if (tokenizer is not { Mask: { } hidden, First: { } first, Separator: { } separator })
            throw new TrialFailedException($"masked-lm needs a tokenizer with a mask token, which the model '{trial.Model.Id}' lacks.");
        this.tokenizer = tokenizer;
        mask = hidden;
        probability = trial.Training.MaskProbability;
        seed = trial.Seed;
        this.train = Pack(train);
        this.validation = Pack(validation);
        this.test = Pack(test);
        if (this.validation.Count == 0 && this.train.Count > 1)
        {
            var all = this.train.ToArray();
            Seeds.For(seed, "held-out").Shuffle(all);
            var heldOut = Math.Max(1, all.Length / 50);
            this.validation = [.. all[..heldOut]];
            this.train = [.. all[heldOut..]];
        }

        if (this.train.Count == 0)
            throw new TrialFailedException($"The training split of the dataset '{trial.Dataset?.Id}' has no text.");
        order = new(this.train.Select(sequence => sequence.Length), trial.Training.BatchSize, seed);

        List<int[]> Pack(IReadOnlyList<Example> examples) => MaskedText.Pack(
            examples.AsParallel().AsOrdered().Select(example => tokenizer.Encode(example.Text)), trial.Training.MaxLength, first, separator);
    }

    public Head Head => Head.MaskedLanguage;

    public IReadOnlyList<string> Labels => [];

    public int Samples => train.Count;

    public int StepsPerEpoch => order.BatchesPerEpoch;

    public Batch TrainingBatch(long step) =>
        Hidden([.. order.At(step).Select(i => train[i])], Seeds.For(seed, "mask", step));

    public Tensor Loss(LanguageModel model, Batch batch) =>
        nn.functional.cross_entropy(model.PredictTokens(batch.Ids, batch.Mask, batch.Positions!), batch.Labels);

    public int Count(Split split) => Of(split).Count;

    public ImmutableSortedDictionary<string, double> Evaluate(LanguageModel model, Split split, Device device, Action<int> evaluated)
    {
        double loss = 0;
        long count = 0, right = 0;
        foreach (var (index, chunk) in Of(split).Chunk(EvaluationBatch).Index())
        {
            using var scope = NewDisposeScope();
            // The same tokens are hidden in every evaluation, whatever the trial's seed.
            var batch = Hidden(chunk, Seeds.For(0, "evaluation-mask", index)).To(device);
            var logits = model.PredictTokens(batch.Ids, batch.Mask, batch.Positions!); // [count, vocabulary]
            var hidden = batch.Labels.shape[0];
            loss += nn.functional.cross_entropy(logits, batch.Labels).item<float>() * hidden;
            right += logits.argmax(1).eq(batch.Labels).sum().item<long>();
            count += hidden;
            evaluated(chunk.Length);
        }

        var mean = count == 0 ? 0 : loss / count;
        return ImmutableSortedDictionary<string, double>.Empty
            .Add("accuracy", count == 0 ? 0 : (double)right / count)
            .Add("loss", mean)
            .Add("perplexity", Math.Exp(Math.Min(mean, 700))); // finite
    }

    private Batch Hidden(IReadOnlyList<int[]> sequences, Random random)
    {
        var (ids, positions, targets) = MaskedText.Hide(sequences, probability, tokenizer.IsSpecial, mask, tokenizer.VocabularySize, random);
        var batch = Batch.Of([.. ids.Select(row => new EncodedText(row, row.Length, -1))], tokenizer.Padding);
        return batch with { Labels = tensor(targets), Positions = tensor(positions) };
    }

    private List<int[]> Of(Split split) => split switch { Split.Train => train, Split.Validation => validation, _ => test };
}
