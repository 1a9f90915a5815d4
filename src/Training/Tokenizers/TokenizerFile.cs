using System.Text.Json;
using Nola.Training.Safetensors;
using Nola.Training.Tokenizers.ByteLevel;

namespace Nola.Training.Tokenizers;

/// <summary>Reads tokenizer.json, the one file in which Hugging Face's tokenizers library keeps every kind of tokenizer.</summary>
public static class TokenizerFile
{
    /// <summary>The file's name.</summary>
    public const string Name = "tokenizer.json";

    /// <summary>The tokenizer of a file.</summary>
    /// <exception cref="ModelFileException">The file is damaged, or describes a tokenizer that Nola does not read; the message says which part.</exception>
    public static Tokenizer Load(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var file = json.RootElement;
            var model = file.GetProperty("model");
            // Old files leave the model's type out.
            var kind = model.TryGetProperty("type", out var type) ? type.GetString() : model.TryGetProperty("merges", out _) ? "BPE" : "WordPiece";
            return kind switch
            {
                "WordPiece" => WordPieceTokenizer.Read(file, path),
                "BPE" when PieceSplitter.Read(file.TryGetProperty("pre_tokenizer", out var splits) ? splits : default, path) is { } splitter => ByteLevelTokenizer.Read(file, splitter, path),
                "BPE" => new SentencePieceTokenizer(SentencePieceModel.FromTokenizerJson(path)),
                _ => throw new ModelFileException($"{path} holds a vocabulary of the kind '{kind}'; Nola reads WordPiece and BPE."),
            };
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new ModelFileException($"{path} is no complete tokenizer file: {fault.Message}", fault);
        }
    }
}
