using System.Text.Json.Nodes;
using Nola.Testing;
using Nola.Training.Safetensors;
using Nola.Training.Tokenizers;

namespace Nola.Training.Tests.Tokenizers;

public class SentencePieceTokenizerTests
{
    private static string Model => SharedData.Require("tokenizers/llama2-tokenizer.model");

    private static string[] Texts => File.ReadAllText(SharedData.Require("tokenizers/llama-spm.inp")).Split("\n__ggml_vocab_test__\n");

    // The last text is empty, and so is its line.
    private static string[] Expected => File.ReadAllText(SharedData.Require("tokenizers/llama-spm.out")).Split('\n');

    [Fact]
    public void Encode_TestVectors_EqualLlamas() => AssertVectors(new SentencePieceTokenizer(SentencePieceModel.Read(Model)));

    [Fact]
    public void Encode_TokenizerJson_EqualsTokenizerModel()
    {
        var theirs = SentencePieceModel.Read(Model).Pieces;
        var folder = Directory.CreateTempSubdirectory("nola-tokenizer-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "tokenizer.json"), AsTokenizerJson(theirs).ToJsonString());
            var tokenizer = Tokenizer.Load(folder);

            Assert.Equal((32000, 1, 2), (tokenizer.VocabularySize, tokenizer.First, tokenizer.EndOfText));
            AssertVectors(tokenizer);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Decode_TestVectors_GivesTheTextsAgain()
    {
        var tokenizer = new SentencePieceTokenizer(SentencePieceModel.Read(Model));
        foreach (var text in Texts)
            Assert.Equal(text, tokenizer.Decode([tokenizer.First!.Value, .. tokenizer.Encode(text)]));
    }

    [Fact]
    public void Split_TestVectors_GivesTheSameIdsAndTheirPlaces()
    {
        var tokenizer = new SentencePieceTokenizer(SentencePieceModel.Read(Model));
        foreach (var text in Texts)
        {
            var tokens = tokenizer.Split(text);

            Assert.Equal(tokenizer.Encode(text), tokens.Select(token => token.Id));
            var end = 0;
            foreach (var token in tokens)
            {
                Assert.InRange(token.Start, 0, end);
                Assert.InRange(token.End, end, text.Length);
                end = token.End;
            }

            Assert.Equal(text.Length, end);
        }
    }

    [Fact]
    public void Split_CharacterWithoutAPiece_ItsBytesShareItsPlace()
    {
        var tokens = new SentencePieceTokenizer(SentencePieceModel.Read(Model)).Split("a 🦙 b");

        Assert.Equal([(0, 1), (1, 2), (2, 4), (2, 4), (2, 4), (2, 4), (4, 6)], tokens.Select(token => (token.Start, token.End)));
    }

    [Fact]
    public void Save_ModelOfLlama_ReadsBackTheSame()
    {
        var path = Path.GetTempFileName();
        try
        {
            var model = SentencePieceModel.Read(Model);
            model.Save(path);
            Assert.Equal(model.Pieces, SentencePieceModel.Read(path).Pieces);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Read_NoModel_SaysSo()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "no model");
            Assert.StartsWith($"{path} is no SentencePiece model", Assert.Throws<ModelFileException>(() => SentencePieceModel.Read(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void AssertVectors(Tokenizer tokenizer)
    {
        var (texts, expected) = (Texts, Expected);
        Assert.Equal(texts.Length, expected.Length);
        var wrong = new List<string>();
        for (var index = 0; index < expected.Length; index++)
        {
            var actual = string.Join(' ', tokenizer.Encode(texts[index]));
            if (actual != expected[index].Trim())
                wrong.Add($"#{index} {texts[index].ReplaceLineEndings("\\n")}\n  expected {expected[index]}\n  actual   {actual}");
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {expected.Length} differ:\n{string.Join('\n', wrong)}");
    }

    // As Hugging Face converts a SentencePiece model: every split of a piece into two pieces is a merge, those of the best pieces first.
    private static JsonObject AsTokenizerJson(IReadOnlyList<SentencePiece> pieces)
    {
        var known = pieces.Select(piece => piece.Text).ToHashSet();
        var merges = from piece in pieces
                     where piece.Kind == PieceKind.Normal
                     from place in Enumerable.Range(1, piece.Text.Length - 1)
                     let left = piece.Text[..place]
                     let right = piece.Text[place..]
                     where known.Contains(left) && known.Contains(right)
                     orderby piece.Score descending
                     select $"{left} {right}";
        return new()
        {
            ["added_tokens"] = new JsonArray(
                new JsonObject { ["id"] = 0, ["content"] = "<unk>", ["special"] = true },
                new JsonObject { ["id"] = 1, ["content"] = "<s>", ["special"] = true },
                new JsonObject { ["id"] = 2, ["content"] = "</s>", ["special"] = true }),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["unk_token"] = "<unk>",
                ["byte_fallback"] = true,
                ["vocab"] = new JsonObject(pieces.Index().Select(item => KeyValuePair.Create(item.Item.Text, (JsonNode?)item.Index))),
                ["merges"] = new JsonArray([.. merges.Select(merge => (JsonNode)merge)]),
            },
        };
    }
}
