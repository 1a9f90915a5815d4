using Nola.Core.Trials;
using Nola.Data;
using Nola.Training.Batches;
using Nola.Training.Models;
using Nola.Training.Tokenizers;
using static TorchSharp.torch;

namespace Nola.Training.Tasks;

/// <summary>
/// Guesses the next token of running text: the pretraining of decoders, and with a method other than full their adaptation to a domain or a language.
/// </summary>
/// <remarks>
/// The metrics of the reported split (test, else validation) also tell what the model could do before its first step (<c>perplexity-before</c>),
/// and how it does on other texts, before and after (<c>perplexity-english</c> for the dataset's <c>alsoEvaluate: { english: … }</c>).
/// </remarks>
public sealed class CausalLanguageTask : ITrainingTask, IMeasuresBefore
{
    private const int EvaluationBatch = 16;
    private const int MostHeldOut = 200; // blocks
    private const int Ignored = -100; // cross_entropy leaves such targets out

    private readonly List<int[]> train;
    private readonly List<int[]> validation;
    private readonly List<int[]> test;
    private readonly SortedDictionary<string, List<int[]>> others = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, double> before = new(StringComparer.Ordinal);
    private readonly BatchOrder order;
    private readonly int padding;

    /// <summary>
    /// Packs documents into blocks of the training's maximum length. Without validation documents a fiftieth of the blocks is held out, at most 200. Of each other
    /// text as many blocks are taken as the reported split has.
    /// </summary>
    /// <exception cref="TrialFailedException">The training split has no text.</exception>
    public CausalLanguageTask(
        TrialSpec trial, Tokenizer tokenizer, IReadOnlyList<Example> train, IReadOnlyList<Example> validation, IReadOnlyList<Example> test,
        IReadOnlyDictionary<string, IReadOnlyList<Example>> others)
    {
        padding = tokenizer.Padding;
        this.train = Pack(train);
        this.validation = Pack(validation);
        this.test = Pack(test);
        if (this.validation.Count == 0 && this.train.Count > 1)
        {
            var all = this.train.ToArray();
            Seeds.For(trial.Seed, "held-out").Shuffle(all);
            var heldOut = Math.Clamp(all.Length / 50, 1, MostHeldOut);
            this.validation = [.. all[..heldOut]];
            this.train = [.. all[heldOut..]];
        }

        if (this.train.Count == 0)
            throw new TrialFailedException($"The training split of the dataset '{trial.Dataset?.Id}' has no text.");
        order = new(this.train.Select(block => block.Length), trial.Training.BatchSize, trial.Seed);
        foreach (var (name, examples) in others)
        {
            // The same blocks in every trial, whatever its seed.
            var documents = examples.ToArray();
            Seeds.For(0, "also-evaluate").Shuffle(documents);
            this.others[name] = [.. PackedText.Pack(documents.Select(example => tokenizer.Encode(example.Text)), trial.Training.MaxLength, tokenizer.First, tokenizer.EndOfText)
                .Take(Count(Reported))];
        }

        List<int[]> Pack(IReadOnlyList<Example> examples) =>
            [.. PackedText.Pack(examples.AsParallel().AsOrdered().Select(example => tokenizer.Encode(example.Text)), trial.Training.MaxLength, tokenizer.First, tokenizer.EndOfText)];
    }

    public Head Head => Head.CausalLanguage;

    public IReadOnlyList<string> Labels => [];

    public int Samples => train.Count;

    public int StepsPerEpoch => order.BatchesPerEpoch;

    private Split Reported => test.Count > 0 ? Split.Test : Split.Validation;

    public Batch TrainingBatch(long step) => BatchOf([.. order.At(step).Select(i => train[i])]);

    public Tensor Loss(LanguageModel model, Batch batch) => nn.functional.cross_entropy(Scores(model, batch), Targets(batch), ignore_index: Ignored);

    public double WeightOf(Batch batch) => Targets(batch).ne(Ignored).sum().item<long>();

    public int Count(Split split) => Of(split).Count;

    public void MeasureBefore(LanguageModel model, Device device, Action<int> evaluated)
    {
        before.Clear();
        foreach (var (name, value) in Measure(model, Of(Reported), device, evaluated).Where(metric => metric.Key != "accuracy"))
            before[$"{name}-before"] = value;
        foreach (var (other, blocks) in others)
            foreach (var (name, value) in Measure(model, blocks, device, evaluated).Where(metric => metric.Key != "accuracy"))
                before[$"{name}-{other}-before"] = value;
    }

    public ImmutableSortedDictionary<string, double> Evaluate(LanguageModel model, Split split, Device device, Action<int> evaluated)
    {
        var metrics = Measure(model, Of(split), device, evaluated);
        if (split != Reported)
            return metrics;
        foreach (var (other, blocks) in others)
            metrics = metrics.AddRange(Measure(model, blocks, device, evaluated).Where(metric => metric.Key != "accuracy").Select(metric => KeyValuePair.Create($"{metric.Key}-{other}", metric.Value)));
        return metrics.AddRange(before);
    }

    private ImmutableSortedDictionary<string, double> Measure(LanguageModel model, List<int[]> blocks, Device device, Action<int> evaluated)
    {
        double loss = 0;
        long count = 0, right = 0;
        foreach (var chunk in blocks.Chunk(EvaluationBatch))
        {
            using var scope = NewDisposeScope();
            var batch = BatchOf(chunk).To(device);
            var (scores, targets) = (Scores(model, batch), Targets(batch));
            loss += nn.functional.cross_entropy(scores, targets, ignore_index: Ignored, reduction: nn.Reduction.Sum).item<float>();
            right += scores.argmax(1).eq(targets).sum().item<long>();
            count += chunk.Sum(block => block.Length - 1);
            evaluated(chunk.Length);
        }

        var mean = count == 0 ? 0 : loss / count;
        return ImmutableSortedDictionary<string, double>.Empty
            .Add("accuracy", count == 0 ? 0 : (double)right / count)
            .Add("loss", mean)
            .Add("perplexity", Math.Exp(Math.Min(mean, 700))); // finite
    }

    private Batch BatchOf(IReadOnlyList<int[]> blocks) => Batch.Of([.. blocks.Select(block => new EncodedText(block, block.Length, -1))], padding);

    // [batch × length, vocabulary]
    private static Tensor Scores(LanguageModel model, Batch batch) => model.PredictNext(batch.Ids, batch.Mask).flatten(0, 1);

    // Of each position the token after it [batch × length]; the last one of a block has none.
    private static Tensor Targets(Batch batch)
    {
        var next = batch.Ids.masked_fill(batch.Mask.eq(0), Ignored).narrow(1, 1, batch.Ids.shape[1] - 1);
        return cat([next, full_like(batch.Ids.narrow(1, 0, 1), Ignored)], 1).reshape(-1);
    }

    private List<int[]> Of(Split split) => split switch { Split.Train => train, Split.Validation => validation, _ => test };
}
