using Nola.Testing;
using Nola.Training.Batches;
using Nola.Training.Tokenizers;

namespace Nola.Training.Tests.Batches;

public class EncodedWordsTests
{
    private static readonly string[] Words = ["Identification", "of", "APC2", ",", "\u0001", "Wilms'", "tumour-suppressor", "naïve", "."];

    public static TheoryData<string> Tokenizers => ["roberta", "bert-cased", "bert-uncased", "llama3"];

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Encode_OneSequence_LabelsTheFirstTokenOfEachWord(string name)
    {
        var tokenizer = Load(name);
        var sequence = Assert.Single(EncodedWords.Encode(tokenizer, Words, 500, word => word));

        Assert.Equal(tokenizer.Join([.. tokenizer.Encode(string.Join(' ', Words))], null), sequence.Ids);
        // BERT's cleaning drops the control character.
        int[] seen = [.. Enumerable.Range(0, Words.Length).Where(word => word != 4 || !name.StartsWith("bert", StringComparison.Ordinal))];
        Assert.Equal(seen, sequence.Words.Select(word => word.Word));
        Assert.Equal(seen, sequence.Labels.Where(label => label != EncodedWords.NoLabel));
        foreach (var (word, position) in sequence.Words)
        {
            Assert.Equal(word, sequence.Labels[position]);
            var end = sequence.Words.Where(other => other.Word > word).Select(other => other.Position).FirstOrDefault(sequence.Ids.Length - (tokenizer.Separator is null ? 0 : 1));
            if (!name.StartsWith("bert", StringComparison.Ordinal))
                Assert.Equal(Words[word], tokenizer.Decode(sequence.Ids[position..end]).Trim());
        }
    }

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Encode_MoreTokensThanFit_GoesOnAtAWord(string name)
    {
        var tokenizer = Load(name);
        var whole = Assert.Single(EncodedWords.Encode(tokenizer, Words, 500, word => word));
        var parts = EncodedWords.Encode(tokenizer, Words, 18, word => word).ToArray();

        Assert.True(parts.Length > 1);
        Assert.All(parts, part => Assert.InRange(part.Ids.Length, 1, 18));
        Assert.All(parts, part => Assert.All(part.Words, word => Assert.Equal(word.Word, part.Labels[word.Position])));
        Assert.Equal(whole.Words.Select(word => word.Word), parts.SelectMany(part => part.Words.Select(word => word.Word)));
        Assert.Equal(whole.Ids.Where(id => !tokenizer.IsSpecial(id)), parts.SelectMany(part => part.Ids.Where(id => !tokenizer.IsSpecial(id))));
    }

    [Fact]
    public void Encode_WordLongerThanASequence_LosesNoToken()
    {
        var tokenizer = Load("roberta");
        var parts = EncodedWords.Encode(tokenizer, ["a", new string('x', 50), "b"], 10, word => word).ToArray();

        Assert.Equal([0, 1, 2], parts.SelectMany(part => part.Words.Select(word => word.Word)));
        Assert.Equal(tokenizer.Encode("a " + new string('x', 50) + " b"), parts.SelectMany(part => part.Ids[1..^1]));
    }

    private static Tokenizer Load(string name) => Tokenizer.Load(Path.Combine(SharedData.RepositoryRoot, "tests", "Training.Tests", "Tokenizers", "Golden", name));
}
