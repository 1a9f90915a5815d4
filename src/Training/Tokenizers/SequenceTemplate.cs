using System.Text.Json;
using Nola.Training.Safetensors;

namespace Nola.Training.Tokenizers;

/// <summary>Which special tokens stand around a text, and around the two texts of a pair.</summary>
/// <param name="Single">Ids in order for one text; <see cref="Text"/> stands for its tokens.</param>
/// <param name="Pair">Ids in order for two; <see cref="Text"/> and <see cref="SecondText"/> stand for their tokens.</param>
public sealed record SequenceTemplate(ImmutableArray<int> Single, ImmutableArray<int> Pair)
{
    /// <summary>Stands for the tokens of the text, or of the first one.</summary>
    public const int Text = -1;

    /// <summary>Stands for the tokens of the second text.</summary>
    public const int SecondText = -2;

    /// <summary>No special tokens: texts follow one another.</summary>
    public static SequenceTemplate None { get; } = new([Text], [Text, SecondText]);

    /// <summary>The id that begins every sequence; null where none does.</summary>
    public int? First => Single[0] is >= 0 and var id ? id : null;

    /// <summary>The id that ends every sequence; null where none does.</summary>
    public int? Last => Single[^1] is >= 0 and var id ? id : null;

    /// <summary>BERT's: first text last, and first text last second last.</summary>
    public static SequenceTemplate Bert(int first, int last) => new([first, Text, last], [first, Text, last, SecondText, last]);

    /// <summary>RoBERTa's: first text last, and first text last last second last.</summary>
    public static SequenceTemplate Roberta(int first, int last) => new([first, Text, last], [first, Text, last, last, SecondText, last]);

    /// <summary>The sequence of a text, or of a pair.</summary>
    public int[] Join(IReadOnlyList<int> text, IReadOnlyList<int>? pair) =>
        [.. (pair is null ? Single : Pair).SelectMany(id => id switch { Text => text, SecondText => pair!, _ => [id] })];

    /// <summary>The template that the <c>post_processor</c> of a tokenizer.json describes.</summary>
    /// <param name="processor">Its value; null and undefined are no template.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="ModelFileException">It is of a kind that Nola does not read.</exception>
    public static SequenceTemplate Read(JsonElement processor, string path)
    {
        if (processor.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            return None;
        switch (processor.GetProperty("type").GetString())
        {
            case "BertProcessing":
                return Bert(Id("cls"), Id("sep"));
            case "RobertaProcessing":
                return Roberta(Id("cls"), Id("sep"));
            case "ByteLevel": // trims offsets only
                return None;
            case "TemplateProcessing":
                var ids = processor.GetProperty("special_tokens").EnumerateObject()
                    .ToDictionary(item => item.Name, item => item.Value.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray());
                return new(Pieces("single"), Pieces("pair"));

                ImmutableArray<int> Pieces(string key) => [.. processor.GetProperty(key).EnumerateArray().SelectMany(piece =>
                    piece.TryGetProperty("SpecialToken", out var special)
                        ? ids[special.GetProperty("id").GetString()!]
                        : [piece.GetProperty("Sequence").GetProperty("id").GetString() == "A" ? Text : SecondText])];
            case "Sequence":
                return processor.GetProperty("processors").EnumerateArray().Select(part => Read(part, path)).LastOrDefault(template => template != None) ?? None;
            case var other:
                throw new ModelFileException($"{path} has the post_processor '{other}'; Nola reads BertProcessing, RobertaProcessing, TemplateProcessing and ByteLevel.");
        }

        int Id(string key) => processor.GetProperty(key)[1].GetInt32();
    }
}
