using System.Globalization;
using Nola.Training.Batches;
using Nola.Training.Models;
using Nola.Training.Safetensors;
using Nola.Training.Tokenizers;
using static TorchSharp.torch;

namespace Nola.Training.Generation;

/// <summary>Continues texts with a causal language model, one token after another; keys and values of earlier tokens are kept.</summary>
/// <param name="model">The model; dropout is switched off.</param>
/// <param name="tokenizer">Its tokenizer.</param>
public sealed class TextGenerator(LanguageModel model, Tokenizer tokenizer)
{
    /// <summary>The continuation of a text, without the text.</summary>
    /// <param name="prompt">May be empty where the vocabulary has a token for beginnings.</param>
    /// <param name="settings">How to choose, and when to stop.</param>
    /// <param name="cancellation">Ends the generation.</param>
    /// <exception cref="ArgumentException">There is nothing to begin with.</exception>
    public string Generate(string prompt, GenerationSettings settings, CancellationToken cancellation = default) => Write(prompt, settings, cancellation).Text;

    /// <summary>As <see cref="Generate"/>, with the numbers of tokens read and written.</summary>
    /// <exception cref="ArgumentException">There is nothing to begin with.</exception>
    /// <exception cref="ModelFileException">The prompt leaves no room.</exception>
    public Core.Workers.Generation Write(string prompt, GenerationSettings settings, CancellationToken cancellation = default)
    {
        int[] begin = [.. tokenizer.First is { } first ? [first] : Array.Empty<int>(), .. tokenizer.Encode(prompt)];
        if (begin.Length >= model.Configuration.MaxPositions)
            throw new ModelFileException(string.Create(CultureInfo.InvariantCulture, $"The prompt has {begin.Length} tokens, but the model has room for {model.Configuration.MaxPositions}."));
        var written = new List<int>();
        var before = tokenizer.Decode(begin);
        foreach (var id in Continue(begin, settings, cancellation))
        {
            written.Add(id);
            // A character may be spread over tokens, and the first token's space depends on what stands before it: the whole is decoded.
            if (settings.Stop.Length > 0 && FirstStop(Written()) is { } place)
                return new(Written()[..place], false, begin.Length, written.Count);
        }

        return new(Written(), written.Count == Math.Min(settings.MaxTokens, model.Configuration.MaxPositions - begin.Length), begin.Length, written.Count);

        string Written() => tokenizer.Decode([.. begin, .. written])[before.Length..];

        int? FirstStop(string text) => settings.Stop.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(place => place >= 0).Cast<int?>().Min();
    }

    /// <summary>The ids that follow, up to <see cref="GenerationSettings.MaxTokens"/>, the model's last position, or the end of the document, which is left out.</summary>
    /// <param name="begin">At least one id.</param>
    /// <param name="settings">How to choose; stop texts are not looked at.</param>
    /// <param name="cancellation">Ends the generation.</param>
    public IEnumerable<int> Continue(IReadOnlyList<int> begin, GenerationSettings settings, CancellationToken cancellation = default)
    {
        if (begin.Count == 0)
            throw new ArgumentException("There is no token to begin with.", nameof(begin));
        model.Dropout = null;
        var random = Seeds.For(settings.Seed, "generation");
        var room = model.Configuration.MaxPositions - begin.Count;
        using var cache = new KeyValueCache(model.Configuration.Layers);
        var next = begin;
        for (var count = 0; count < Math.Min(settings.MaxTokens, room); count++)
        {
            cancellation.ThrowIfCancellationRequested();
            var id = Choose(Scores(next, cache), settings, random);
            // llama2.c's models begin the next document without ending the last one.
            if (id == tokenizer.EndOfText || id == tokenizer.First)
                yield break;
            yield return id;
            next = [id];
        }
    }

    private float[] Scores(IReadOnlyList<int> ids, KeyValueCache cache)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var device = model.Weights.All.First().Value.device;
        var scores = model.Continue(tensor(ids.Select(id => (long)id).ToArray(), [1, ids.Count], device: device), cache);
        return scores.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
    }

    private static int Choose(float[] scores, GenerationSettings settings, Random random)
    {
        if (settings.Temperature <= 0)
            return scores.AsSpan().IndexOf(scores.Max());
        var largest = scores.Max();
        var weights = scores.Select((score, id) => (Id: id, Weight: Math.Exp((score - largest) / settings.Temperature))).OrderByDescending(item => item.Weight).ToArray();
        var all = weights.Sum(item => item.Weight);
        var kept = 0;
        for (double sum = 0; kept < weights.Length && sum < settings.TopP * all; kept++)
            sum += weights[kept].Weight;
        var lot = random.NextDouble() * weights.Take(kept).Sum(item => item.Weight);
        foreach (var (id, weight) in weights.Take(kept))
            if ((lot -= weight) < 0)
                return id;
        return weights[kept - 1].Id;
    }
}
