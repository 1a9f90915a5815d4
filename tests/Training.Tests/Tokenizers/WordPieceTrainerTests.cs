using Nola.Training.Tokenizers;

namespace Nola.Training.Tests.Tokenizers;

public class WordPieceTrainerTests
{
    [Fact]
    public void Train_FrequentWords_BecomeWholeTokens()
    {
        var texts = Enumerable.Repeat("the heart beats, the heart rests. unheard", 50);

        var vocabulary = WordPieceTrainer.Train(texts, 60, minCharacterCount: 1);

        Assert.Equal(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], vocabulary.Take(5));
        Assert.Contains("the", vocabulary);
        Assert.Contains("heart", vocabulary);
        Assert.Equal(vocabulary.Count, vocabulary.Distinct().Count());
    }

    [Fact]
    public void Train_Twice_GivesTheSameVocabulary()
    {
        string[] texts = ["aspirin and warfarin interact", "warfarin dose was lowered", "aspirin was stopped"];

        Assert.Equal(WordPieceTrainer.Train(texts, 50, 1), WordPieceTrainer.Train(texts.Reverse(), 50, 1));
    }
}
