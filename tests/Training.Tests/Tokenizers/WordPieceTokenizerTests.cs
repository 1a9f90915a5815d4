using Nola.Testing;
using Nola.Training.Tokenizers;

namespace Nola.Training.Tests.Tokenizers;

public class WordPieceTokenizerTests
{
    [Fact]
    public void Encode_TestVectors_EqualHuggingFace()
    {
        var tokenizer = WordPieceTokenizer.FromVocabulary(SharedData.Require("tokenizers/bert-base-uncased-vocab.txt"));
        var texts = File.ReadAllText(SharedData.Require("tokenizers/bert-bge.inp")).Split("\n__ggml_vocab_test__\n");
        var expected = File.ReadAllText(SharedData.Require("tokenizers/bert-bge.out")).TrimEnd('\n').Split('\n');

        var wrong = new List<string>();
        for (var index = 0; index < expected.Length; index++)
        {
            var actual = string.Join(' ', tokenizer.Encode(texts[index]));
            if (actual != expected[index].Trim())
                wrong.Add($"#{index} {texts[index].ReplaceLineEndings("\\n")}\n  expected {expected[index]}\n  actual   {actual}");
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {expected.Length} differ:\n{string.Join('\n', wrong)}");
    }

    [Fact]
    public void Split_TestVectors_GivesTheSameIdsAndTheirPlaces()
    {
        var tokenizer = WordPieceTokenizer.FromVocabulary(SharedData.Require("tokenizers/bert-base-uncased-vocab.txt"));
        foreach (var text in File.ReadAllText(SharedData.Require("tokenizers/bert-bge.inp")).Split("\n__ggml_vocab_test__\n"))
        {
            var tokens = tokenizer.Split(text);

            Assert.Equal(tokenizer.Encode(text), tokens.Select(token => token.Id));
            var end = 0;
            foreach (var token in tokens)
            {
                Assert.InRange(token.Start, end > 0 ? end - 1 : 0, token.End - 1);
                Assert.InRange(token.End, 1, text.Length);
                end = token.End;
            }
        }
    }

    [Fact]
    public void Split_AccentsAndCapitals_PointIntoTheTextAsWritten()
    {
        var tokenizer = WordPieceTokenizer.FromVocabulary(SharedData.Require("tokenizers/bert-base-uncased-vocab.txt"));
        const string Text = "  Café\u00A0in PARIS, 100 %";

        Assert.Equal(["Café", "in", "PARIS", ",", "100", "%"], tokenizer.Split(Text).Select(token => Text[token.Start..token.End]));
    }
}
