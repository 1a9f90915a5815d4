using System.Text.Json.Nodes;
using Nola.Testing;
using Nola.Training.Safetensors;
using Nola.Training.Tokenizers;
using Nola.Training.Tokenizers.ByteLevel;

namespace Nola.Training.Tests.Tokenizers;

/// <summary>Against Hugging Face's tokenizers library; golden.py beside this file made what is expected.</summary>
public sealed class TokenizerFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-tokenizer-").FullName;

    public static TheoryData<string> Everyone => ["roberta", "gpt2-prefix-space", "llama3", "bert-cased", "bert-uncased"];

    public static TheoryData<string> ByteLevel => ["roberta", "gpt2-prefix-space", "llama3"];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Everyone))]
    public void Split_ManyTexts_EqualsHuggingFace(string name)
    {
        var tokenizer = Tokenizer.Load(FolderOf(name));
        var wrong = new List<string>();
        foreach (var item in Expected(name)["texts"]!.AsArray())
        {
            var text = (string)item!["text"]!;
            var (ids, places) = (string.Join(' ', item["ids"]!.AsArray()), string.Join(' ', item["places"]!.AsArray().Select(place => $"{place![0]}-{place[1]}")));
            var tokens = tokenizer.Split(text);
            var (ourIds, ourPlaces) = (string.Join(' ', tokens.Select(token => token.Id)), string.Join(' ', tokens.Select(token => $"{token.Start}-{token.End}")));
            if (ids != ourIds || places != ourPlaces || ids != string.Join(' ', tokenizer.Encode(text)))
                wrong.Add($"'{text}'\n  expected {ids}\n           {places}\n  actual   {ourIds}\n           {ourPlaces}");
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} texts differ:\n{string.Join('\n', wrong)}");
    }

    [Theory]
    [MemberData(nameof(Everyone))]
    public void Encode_TestVectors_EqualsHuggingFace(string name)
    {
        var texts = File.ReadAllText(SharedData.Require("tokenizers/bert-bge.inp")).Split("\n__ggml_vocab_test__\n");
        var tokenizer = Tokenizer.Load(FolderOf(name));

        Assert.Equal(Expected(name)["vectors"]!.AsArray().Select(ids => ids!.ToJsonString()), texts.Select(text => $"[{string.Join(',', tokenizer.Encode(text))}]"));
    }

    [Theory]
    [MemberData(nameof(Everyone))]
    public void Join_TextAndPair_PutsSpecialTokensAroundThem(string name)
    {
        var tokenizer = Tokenizer.Load(FolderOf(name));

        Assert.Equal(Numbers(Expected(name)["single"]), tokenizer.EncodeForClassification("Hello world", null, 100).Ids);
        Assert.Equal(Numbers(Expected(name)["pair"]), tokenizer.EncodeForClassification("Hello world", "Two spaces", 100).Ids);
    }

    [Theory]
    [MemberData(nameof(ByteLevel))]
    public void Decode_ManyTexts_EqualsHuggingFace(string name)
    {
        var tokenizer = Tokenizer.Load(FolderOf(name));

        Assert.All(Expected(name)["texts"]!.AsArray(), item => Assert.Equal((string)item!["decoded"]!, tokenizer.Decode(Numbers(item["ids"]))));
    }

    [Fact]
    public void Load_VocabularyAndMerges_EqualsTokenizerFile()
    {
        foreach (var file in new[] { "vocab.json", "merges.txt" })
            File.Copy(Path.Combine(FolderOf("roberta"), file), Path.Combine(folder, file));
        var tokenizer = Assert.IsType<ByteLevelTokenizer>(Tokenizer.Load(folder));

        Assert.All(Expected("roberta")["texts"]!.AsArray(), item => Assert.Equal(Numbers(item!["ids"]), tokenizer.Encode((string)item["text"]!)));
        Assert.Equal((0, 2, 4, 1), (tokenizer.First, tokenizer.Separator, tokenizer.Mask, tokenizer.Padding));
        Assert.Equal(Numbers(Expected("roberta")["pair"]), tokenizer.EncodeForClassification("Hello world", "Two spaces", 100).Ids);
    }

    [Fact]
    public void Load_TokenizerFileOfBert_EqualsItsVocabularyFile()
    {
        var fromFile = TokenizerFile.Load(SharedData.Require("tokenizers/bert-base-uncased-tokenizer.json"));
        var fromVocabulary = WordPieceTokenizer.FromVocabulary(SharedData.Require("tokenizers/bert-base-uncased-vocab.txt"));

        Assert.Equal((fromVocabulary.VocabularySize, fromVocabulary.Mask, fromVocabulary.First, fromVocabulary.Separator, fromVocabulary.Padding), (fromFile.VocabularySize, fromFile.Mask, fromFile.First, fromFile.Separator, fromFile.Padding));
        Assert.All(
            File.ReadAllText(SharedData.Require("tokenizers/bert-bge.inp")).Split("\n__ggml_vocab_test__\n"),
            text => Assert.Equal(fromVocabulary.Split(text), fromFile.Split(text)));
    }

    [Fact]
    public void Load_ByteLevel_TellsItsSpecialTokens()
    {
        var (roberta, llama) = (Tokenizer.Load(FolderOf("roberta")), Tokenizer.Load(FolderOf("llama3")));

        Assert.Equal((0, 2, 4, 1), (roberta.First, roberta.Separator, roberta.Mask, roberta.Padding));
        Assert.Equal((600, null, null), (llama.First, llama.Separator, llama.Mask));
        Assert.True(roberta.IsSpecial(3) && llama.IsSpecial(601) && !llama.IsSpecial(599));
        Assert.Equal(602, llama.VocabularySize);
    }

    [Theory]
    [InlineData("""{ "model": { "type": "Unigram" } }""", "holds a vocabulary of the kind 'Unigram'")]
    [InlineData("""{ "model": { "type": "BPE" }, "pre_tokenizer": null }""", "is no SentencePiece tokenizer")]
    [InlineData("""{ "model": { "type": "WordPiece" }, "normalizer": { "type": "NFKC" }, "pre_tokenizer": { "type": "Whitespace" } }""", "cleans text by 'NFKC' and 'Whitespace'")]
    [InlineData("""{ "model": { "type": "BPE", "vocab": {}, "merges": [] }, "pre_tokenizer": { "type": "Sequence", "pretokenizers": [{ "type": "ByteLevel" }, { "type": "Metaspace" }] } }""", "pre_tokenizer 'Metaspace'")]
    [InlineData("""{ "version": "1.0" }""", "no complete tokenizer file")]
    [InlineData("""{ "model": """, "no complete tokenizer file")]
    public void Load_UnknownPart_NamesIt(string json, string message)
    {
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), json);

        Assert.Contains(message, Assert.Throws<ModelFileException>(() => Tokenizer.Load(folder)).Message, StringComparison.Ordinal);
    }

    private static string FolderOf(string name) => Path.Combine(SharedData.RepositoryRoot, "tests", "Training.Tests", "Tokenizers", "Golden", name);

    private static JsonNode Expected(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(FolderOf(name), "expected.json")))!;

    private static int[] Numbers(JsonNode? node) => [.. node!.AsArray().Select(id => (int)id!)];
}
