using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Nola.Training.Safetensors;

namespace Nola.Training.Tokenizers;

/// <summary>
/// The vocabulary of a SentencePiece BPE tokenizer (Kudo and Richardson, arXiv 1808.06226): pieces of text with a score each. Of two neighbours
/// that together are a piece, those with the highest score are joined first. A space is written <c>▁</c>.
/// </summary>
/// <param name="Pieces">In the order of their numbers.</param>
public sealed record SentencePieceModel(IReadOnlyList<SentencePiece> Pieces)
{
    /// <summary>Stands for a space in a piece.</summary>
    public const char Space = '▁';

    /// <summary>The pieces before all others, as in Llama 2: unknown, beginning, end, then every byte.</summary>
    public static IReadOnlyList<SentencePiece> FirstPieces { get; } =
    [
        new("<unk>", 0, PieceKind.Unknown),
        new("<s>", 0, PieceKind.Control),
        new("</s>", 0, PieceKind.Control),
        .. Enumerable.Range(0, 256).Select(value => new SentencePiece(ByteName(value), 0, PieceKind.Byte)),
    ];

    /// <summary>Reads tokenizer.model.</summary>
    /// <exception cref="ModelFileException">It is no SentencePiece model, or none of BPE.</exception>
    public static SentencePieceModel Read(string path)
    {
        var pieces = new List<SentencePiece>();
        var kind = 1; // unigram
        try
        {
            var model = new CodedInputStream(File.ReadAllBytes(path));
            while (model.ReadTag() is > 0 and var tag)
                switch (WireFormat.GetTagFieldNumber(tag))
                {
                    case 1:
                        pieces.Add(ReadPiece(model.ReadBytes().CreateCodedInput()));
                        break;
                    case 2:
                        kind = ReadModelType(model.ReadBytes().CreateCodedInput());
                        break;
                    default:
                        model.SkipLastField();
                        break;
                }
        }
        catch (InvalidProtocolBufferException fault)
        {
            throw new ModelFileException($"{path} is no SentencePiece model: {fault.Message}", fault);
        }

        return pieces.Count > 0 && kind == 2
            ? new(pieces)
            : throw new ModelFileException(pieces.Count == 0 ? $"{path} is no SentencePiece model: it has no pieces." : $"{path} is a SentencePiece model of another kind than BPE.");
    }

    /// <summary>The vocabulary of a tokenizer.json whose model is a BPE with byte fallback, as Hugging Face converts SentencePiece models.</summary>
    /// <exception cref="ModelFileException">It is another kind of tokenizer, or damaged.</exception>
    public static SentencePieceModel FromTokenizerJson(string path)
    {
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(path))!;
            var model = json["model"]!.AsObject();
            if ((string?)model["type"] is { } type and not "BPE" || (bool?)model["byte_fallback"] != true)
                throw new ModelFileException($"{path} is no SentencePiece tokenizer: its model is no BPE with byte_fallback.");
            // A piece is as good as the first merge that makes it.
            var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var (rank, merge) in model["merges"]!.AsArray().Index())
                ranks.TryAdd(merge is JsonArray pair ? $"{pair[0]}{pair[1]}" : ((string)merge!).Replace(" ", "", StringComparison.Ordinal), rank);
            var unknown = (string?)model["unk_token"] ?? "<unk>";
            var pieces = new SortedDictionary<int, SentencePiece>();
            foreach (var (text, id) in model["vocab"]!.AsObject())
                pieces[(int)id!] = new(text, ranks.TryGetValue(text, out var rank) ? -rank : -ranks.Count, KindOf(text, unknown));
            foreach (var added in json["added_tokens"] as JsonArray ?? [])
                if ((string)added!["content"]! is var text)
                    pieces[(int)added["id"]!] = new(text, 0, text == unknown ? PieceKind.Unknown : PieceKind.Control);
            return pieces.Keys.Last() == pieces.Count - 1
                ? new([.. pieces.Values])
                : throw new ModelFileException($"{path} has {pieces.Count} tokens, and its largest number is {pieces.Keys.Last()}.");
        }
        catch (Exception fault) when (fault is JsonException or NullReferenceException or InvalidOperationException or FormatException)
        {
            throw new ModelFileException($"{path} is no tokenizer: {fault.Message}", fault);
        }
    }

    /// <summary>The vocabulary of llama2.c: longest length as int32, then for each piece a float32 score, an int32 length and its bytes.</summary>
    /// <exception cref="ModelFileException">The file is cut off.</exception>
    public static SentencePieceModel FromLlama2c(string path)
    {
        var bytes = File.ReadAllBytes(path).AsSpan();
        var pieces = new List<SentencePiece>();
        try
        {
            for (var rest = bytes[4..]; rest.Length > 0;)
            {
                var (score, length) = (BinaryPrimitives.ReadSingleLittleEndian(rest), BinaryPrimitives.ReadInt32LittleEndian(rest[4..]));
                var text = Encoding.UTF8.GetString(rest.Slice(8, length));
                // llama2.c has put line feeds around <s> and </s>, and spaces for ▁.
                pieces.Add(pieces.Count < FirstPieces.Count ? FirstPieces[pieces.Count] : new(text.Replace(' ', Space), score, PieceKind.Normal));
                rest = rest[(8 + length)..];
            }
        }
        catch (ArgumentOutOfRangeException fault)
        {
            throw new ModelFileException($"{path} is no tokenizer of llama2.c, or it is cut off.", fault);
        }

        return new(pieces);
    }

    /// <summary>Writes tokenizer.model as SentencePiece reads it.</summary>
    public void Save(string path)
    {
        using var stream = File.Create(path);
        using (var model = new CodedOutputStream(stream, leaveOpen: true))
        {
            foreach (var piece in Pieces)
                Message(model, 1, part =>
                {
                    Text(part, 1, piece.Text);
                    part.WriteTag(2, WireFormat.WireType.Fixed32);
                    part.WriteFloat((float)piece.Score);
                    Number(part, 3, (int)piece.Kind);
                });
            Message(model, 2, trainer =>
            {
                Number(trainer, 3, 2); // model_type: BPE
                Number(trainer, 4, Pieces.Count);
                Number(trainer, 35, 1); // byte_fallback
                Number(trainer, 40, Math.Max(0, IndexOf(PieceKind.Unknown)));
                Number(trainer, 41, IndexOf("<s>"));
                Number(trainer, 42, IndexOf("</s>"));
                Number(trainer, 43, IndexOf("<pad>"));
                Text(trainer, 45, Pieces[Math.Max(0, IndexOf(PieceKind.Unknown))].Text);
                Text(trainer, 46, "<s>");
                Text(trainer, 47, "</s>");
            });
            Message(model, 3, normalizer =>
            {
                Text(normalizer, 1, "identity");
                Number(normalizer, 3, 1); // add_dummy_prefix
                Number(normalizer, 4, 0); // remove_extra_whitespaces
                Number(normalizer, 5, 1); // escape_whitespaces
            });
        }
    }

    /// <summary>Number of the first piece with this text; -1 when there is none.</summary>
    public int IndexOf(string text) => Pieces.Index().Where(item => item.Item.Text == text).Select(item => item.Index).FirstOrDefault(-1);

    /// <summary>Number of the first piece of this kind; -1 when there is none.</summary>
    public int IndexOf(PieceKind kind) => Pieces.Index().Where(item => item.Item.Kind == kind).Select(item => item.Index).FirstOrDefault(-1);

    /// <summary>The name of a byte's piece, such as <c>&lt;0x0A&gt;</c>.</summary>
    public static string ByteName(int value) => string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>");

    private static SentencePiece ReadPiece(CodedInputStream part)
    {
        var piece = new SentencePiece("", 0, PieceKind.Normal);
        while (part.ReadTag() is > 0 and var tag)
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1:
                    piece = piece with { Text = part.ReadString() };
                    break;
                case 2:
                    piece = piece with { Score = part.ReadFloat() };
                    break;
                case 3:
                    piece = piece with { Kind = (PieceKind)part.ReadInt32() };
                    break;
                default:
                    part.SkipLastField();
                    break;
            }

        return piece;
    }

    private static int ReadModelType(CodedInputStream trainer)
    {
        var type = 1;
        while (trainer.ReadTag() is > 0 and var tag)
            if (WireFormat.GetTagFieldNumber(tag) == 3)
                type = trainer.ReadInt32();
            else
                trainer.SkipLastField();
        return type;
    }

    private static PieceKind KindOf(string text, string unknown) =>
        text == unknown ? PieceKind.Unknown
        : text is "<s>" or "</s>" or "<pad>" ? PieceKind.Control
        : text.Length == 6 && text.StartsWith("<0x", StringComparison.Ordinal) && text[5] == '>' ? PieceKind.Byte
        : PieceKind.Normal;

    private static void Message(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var inner = new CodedOutputStream(stream, leaveOpen: true))
            write(inner);
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(stream.ToArray()));
    }

    private static void Number(CodedOutputStream output, int field, int value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt32(value);
    }

    private static void Text(CodedOutputStream output, int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    }
}

/// <summary>One entry of a SentencePiece vocabulary.</summary>
/// <param name="Text">Its text, with ▁ for spaces.</param>
/// <param name="Score">Higher is joined earlier.</param>
/// <param name="Kind">What it stands for.</param>
public readonly record struct SentencePiece(string Text, double Score, PieceKind Kind);

/// <summary>What a piece stands for, with SentencePiece's numbers.</summary>
public enum PieceKind
{
    /// <summary>Its text.</summary>
    Normal = 1,

    /// <summary>Text that no other piece has.</summary>
    Unknown = 2,

    /// <summary>No text, such as the beginning of a document.</summary>
    Control = 3,

    /// <summary>One byte of UTF-8, for characters that have no piece.</summary>
    Byte = 6,
}
