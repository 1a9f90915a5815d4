using Nola.Training.Tokenizers;

namespace Nola.Training.Tests.Tokenizers;

public class SentencePieceTrainerTests
{
    private static readonly string[] Texts = [.. Enumerable.Repeat("The heart beats, the heart rests. Unheard: żółw 2026", 50)];

    [Fact]
    public void Train_FrequentWords_BecomeWholePieces()
    {
        var model = SentencePieceTrainer.Train(Texts, 330);
        var pieces = model.Pieces.Select(piece => piece.Text).ToArray();

        Assert.Equal(SentencePieceModel.FirstPieces, model.Pieces.Take(259));
        Assert.Contains("▁heart", pieces);
        Assert.Contains("▁the", pieces);
        Assert.Equal(pieces.Length, pieces.Distinct().Count());
        Assert.DoesNotContain(pieces.Skip(259), piece => piece.Count(char.IsDigit) > 1 || (piece.Any(char.IsPunctuation) && piece.Any(char.IsLetter)));
    }

    [Fact]
    public void Train_ThenEncode_JoinsAsItWasLearned()
    {
        var tokenizer = new SentencePieceTokenizer(SentencePieceTrainer.Train(Texts, 330));

        Assert.Single(tokenizer.Encode("heart"));
        Assert.Equal(["heart", " beats", ",", " the"], tokenizer.Split("heart beats, the").Select(token => "heart beats, the"[token.Start..token.End]));
        Assert.Equal("Straße 🦙!", tokenizer.Decode([1, .. tokenizer.Encode("Straße 🦙!")]));
    }

    [Fact]
    public void Train_Twice_GivesTheSameVocabulary() =>
        Assert.Equal(SentencePieceTrainer.Train(Texts, 320).Pieces, SentencePieceTrainer.Train(Texts.Reverse(), 320).Pieces);
}
