using System.Globalization;
using Nola.Core.Scoring;
using Nola.Core.Workers;
using Spectre.Console;

namespace Nola.Client.Views;

/// <summary>What a model found, for people and for programs.</summary>
internal static class PredictionViews
{
    private const int ShownCharacters = 60;

    /// <summary>A row for each text or, of a model that tags words, for each entity; texts without one are told, too.</summary>
    public static Table Table(ImmutableArray<TextToClassify> texts, Predictions found)
    {
        if (found.Words is { } words)
        {
            var entities = Tables.Of("entity", ">probability", "found", "text");
            foreach (var (text, tagged) in texts.Zip(words))
                foreach (var entity in Entities(text.Text, tagged).DefaultIfEmpty())
                    entities.AddRow(Markup.Escape(entity?.Type ?? "none"), entity is null ? "" : Rounded(entity.Probability), Markup.Escape(Short(entity?.Text ?? "")), Markup.Escape(Short(text.Text)));
            return entities;
        }

        var table = Tables.Of("label", ">probability", "text");
        foreach (var (text, label, probabilities) in Labelled(texts, found))
            table.AddRow(Markup.Escape(found.Labels[label]), Rounded(probabilities[label]), Markup.Escape(Short(text.Pair is null ? text.Text : $"{text.Text} | {text.Pair}")));
        return table;
    }

    /// <summary>One object for each text, with everything.</summary>
    public static IEnumerable<object> Json(ImmutableArray<TextToClassify> texts, Predictions found) => found.Words is { } words
        ? texts.Zip(words, (text, tagged) => new
        {
            text.Text,
            Entities = Entities(text.Text, tagged),
            Words = tagged.Select(word => new { Text = text.Text.Substring(word.Start, word.Length), word.Start, word.Tag, Probability = Math.Round(word.Probability, 6) }),
        })
        : Labelled(texts, found).Select(row => new
        {
            row.Text.Text,
            TextPair = row.Text.Pair,
            Label = found.Labels[row.Label],
            Probabilities = found.Labels.Zip(row.Probabilities).ToDictionary(item => item.First, item => Math.Round(item.Second, 6)),
        });

    private static IEnumerable<(TextToClassify Text, int Label, ImmutableArray<float> Probabilities)> Labelled(ImmutableArray<TextToClassify> texts, Predictions found) =>
        texts.Zip(found.Probabilities, (text, probabilities) => (text, Enumerable.Range(0, probabilities.Length).MaxBy(label => probabilities[label]), probabilities));

    private static IEnumerable<FoundEntity> Entities(string text, ImmutableArray<TaggedWord> words)
    {
        foreach (var (type, first, last) in EntityTags.Entities([.. words.Select(word => word.Tag)]))
        {
            var (start, end) = (words[first].Start, words[last].Start + words[last].Length);
            yield return new(type, text[start..end], start, end, Math.Round(words[first..(last + 1)].Average(word => word.Probability), 6));
        }
    }

    private static string Rounded(double probability) => probability.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Short(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= ShownCharacters ? line : line[..(ShownCharacters - 1)] + "…";
    }

    // End is the character behind the last one; the probability is the mean of its words'.
    private sealed record FoundEntity(string Type, string Text, int Start, int End, double Probability);
}
