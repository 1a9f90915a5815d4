using Nola.Core.Scoring;
using Nola.Core.Workers;
using Nola.Training.Batches;
using Nola.Training.Models;
using Nola.Training.Safetensors;
using Nola.Training.Tokenizers;
using static TorchSharp.torch;

namespace Nola.Training.Prediction;

/// <summary>Gives the words of texts their tags. As in training, a word's first token speaks for it.</summary>
internal sealed class WordTagger(LanguageModel model, Tokenizer tokenizer, IReadOnlyList<string> labels, Device device)
{
    private const int BatchSize = 32;

    public Predictions Predict(IReadOnlyList<TextToClassify> texts, int maxLength, CancellationToken stop)
    {
        var found = new TaggedWord[texts.Count][];
        var sequences = new List<(int Text, EncodedWords Words)>();
        foreach (var (index, text) in texts.Index())
        {
            if (text.Pair is not null)
                throw new ModelFileException("The model tags the words of one text; it has no use for a second one.");
            var spans = RunningWords.Of(text);
            // A word without a token, such as one of control characters alone, is outside.
            found[index] = [.. spans.Select(span => new TaggedWord(span.Start, span.Length, EntityTags.Outside, 1))];
            if (spans.Count > 0)
                sequences.AddRange(EncodedWords.Encode(tokenizer, [.. spans.Select(span => text.Text.Substring(span.Start, span.Length))], maxLength, _ => EncodedWords.NoLabel)
                    .Select(sequence => (index, sequence)));
        }

        foreach (var chunk in sequences.OrderBy(item => item.Words.Ids.Length).Chunk(BatchSize)) // similar lengths need little padding
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var batch = Batch.Of([.. chunk.Select(item => item.Words.Text)], tokenizer.Padding).To(device);
            var (probabilities, tags) = model.ClassifyTokens(batch.Ids, batch.Mask, batch.Types).softmax(2).max(2); // [batch, length]
            var (scores, best) = (probabilities.cpu().contiguous().data<float>().ToArray(), tags.cpu().contiguous().data<long>().ToArray());
            var length = (int)batch.Ids.shape[1];
            foreach (var (row, (text, words)) in chunk.Index())
                foreach (var (word, position) in words.Words)
                    found[text][word] = found[text][word] with { Tag = labels[(int)best[(row * length) + position]], Probability = scores[(row * length) + position] };
        }

        return new([.. labels], []) { Words = [.. found.Select(words => words.ToImmutableArray())] };
    }
}
