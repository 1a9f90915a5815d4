using Nola.Core.Workers;
using Nola.Training.Batches;
using Nola.Training.Models;
using Nola.Training.Tokenizers;
using static TorchSharp.torch;

namespace Nola.Training.Prediction;

/// <summary>Gives whole texts their classes.</summary>
internal sealed class TextClassifier(LanguageModel model, Tokenizer tokenizer, IReadOnlyList<string> labels, Device device)
{
    private const int BatchSize = 32;

    public Predictions Predict(IReadOnlyList<TextToClassify> texts, int maxLength, CancellationToken stop)
    {
        var encoded = texts.AsParallel().AsOrdered().Select(text =>
        {
            var (ids, pairStart) = tokenizer.EncodeForClassification(text.Text, text.Pair, maxLength);
            return new EncodedText(ids, pairStart, 0);
        }).ToArray();
        var probabilities = new ImmutableArray<float>[texts.Count];
        foreach (var chunk in Enumerable.Range(0, texts.Count).OrderBy(i => encoded[i].Ids.Length).Chunk(BatchSize)) // similar lengths need little padding
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var batch = Batch.Of([.. chunk.Select(i => encoded[i])], tokenizer.Padding).To(device);
            var rows = model.Classify(batch.Ids, batch.Mask, batch.Types).softmax(1).cpu().contiguous().data<float>().ToArray(); // [batch, labels]
            foreach (var (row, i) in chunk.Index())
                probabilities[i] = [.. rows.AsSpan(row * labels.Count, labels.Count)];
        }

        return new([.. labels], [.. probabilities]);
    }
}
