using Nola.Core.Experiments;
using Nola.Testing;
using Nola.Training.Batches;
using Nola.Training.Tokenizers;

namespace Nola.Training.Tests.Batches;

public class RelationTextTests
{
    private readonly Tokenizer tokenizer = Tokenizer.Load(Path.Combine(SharedData.RepositoryRoot, "tests", "Training.Tests", "Tokenizers", "Golden", "roberta"));

    [Fact]
    public void Encode_ShortText_KeepsAllOfIt() =>
        Assert.Equal("<s>a << b >> c [[ d ]] e</s>", Decoded("a << b >> c [[ d ]] e", 100));

    [Theory]
    [InlineData(0, 300)]
    [InlineData(150, 150)]
    [InlineData(300, 0)]
    [InlineData(300, 3)]
    public void Encode_LongText_KeepsWhatLiesAroundTheEntities(int before, int behind)
    {
        var text = $"{Repeat(before)}[[ d ]] blocks << b >>{Repeat(behind)}";

        var kept = Decoded(text, 40);

        Assert.Contains("[[ d ]] blocks << b >>", kept, StringComparison.Ordinal);
        Assert.Equal(40, RelationText.Encode(tokenizer, text, EntityMarkers.Default, 40).Length);
    }

    [Fact]
    public void Encode_EntitiesFarApart_KeepsBoth()
    {
        var kept = Decoded($"{Repeat(50)}<< b >> x{Repeat(200)}y [[ d ]]{Repeat(50)}", 40);

        Assert.StartsWith("<s> << b >> x", kept, StringComparison.Ordinal);
        Assert.EndsWith("y [[ d ]]</s>", kept, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_EveryTextOfChemProt_KeepsBothEntities()
    {
        foreach (var line in File.ReadLines(SharedData.Require("peft/chemprot/train.txt")))
        {
            var text = (string)System.Text.Json.Nodes.JsonNode.Parse(line)!["text"]!;
            var marked = EntityMarkers.Default.Find(text);

            Assert.NotNull(marked);
            Assert.True(text[marked.Value.Start] is '<' or '[' && text[marked.Value.End - 1] is '>' or ']', text);
        }
    }

    private static string Repeat(int count) => string.Concat(Enumerable.Repeat(" .", count)) + " ";

    private string Decoded(string text, int maxLength) => tokenizer.Decode(RelationText.Encode(tokenizer, text, EntityMarkers.Default, maxLength));
}
