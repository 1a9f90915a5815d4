using Nola.Core.Scoring;

namespace Nola.Core.Tests.Scoring;

/// <summary>Against seqeval 1.2.2 in its default mode; the first case is the one in its README.</summary>
public class EntityMetricsTests
{
    [Fact]
    public void F1_ExampleOfSeqeval_EqualsSeqeval()
    {
        var sut = new EntityMetrics(
            [["O", "O", "O", "B-MISC", "I-MISC", "I-MISC", "O"], ["B-PER", "I-PER", "O"]],
            [["O", "O", "B-MISC", "I-MISC", "I-MISC", "I-MISC", "O"], ["B-PER", "I-PER", "O"]]);

        Assert.Equal((0.5, 0.5, 0.5, 0.5, 0.5, 0.8), (sut.Precision, sut.Recall, sut.MicroF1, sut.MacroF1, sut.WeightedF1, sut.Accuracy));
        Assert.Equal([new("MISC", 0.0), new("PER", 1.0)], sut.TypeF1);
    }

    // Of LOC 3 are true, 2 predicted, 1 right: F1 2/5. Of ORG 1 is true, 1 predicted, 1 right. PER is predicted once and never true.
    [Fact]
    public void F1_SeveralTypes_WeighsThemAsSeqeval()
    {
        var sut = new EntityMetrics(
            [["B-LOC", "O", "B-LOC", "I-LOC"], ["B-ORG", "B-LOC", "O"]],
            [["B-LOC", "O", "B-LOC", "O"], ["B-ORG", "O", "B-PER"]]);

        Assert.Equal(2 * 0.5 * 0.5 / (0.5 + 0.5), sut.MicroF1, 12);
        Assert.Equal((0.4 + 1 + 0) / 3, sut.MacroF1, 12);
        Assert.Equal(((0.4 * 3) + 1) / 4, sut.WeightedF1, 12);
        Assert.Equal(4.0 / 7, sut.Accuracy, 12);
    }

    [Theory]
    [InlineData("B-A I-A O", "A 0-1")]
    [InlineData("I-A I-A O B-A", "A 0-1, A 3-3")] // begins without B
    [InlineData("B-A B-A I-A", "A 0-0, A 1-2")]
    [InlineData("B-A I-B I-B", "A 0-0, B 1-2")] // another type begins an entity
    [InlineData("O I-A O I-A", "A 1-1, A 3-3")]
    [InlineData("S-A B-A E-A E-A", "A 0-0, A 1-2, A 3-3")]
    [InlineData("B-A-B I-A-B", "A-B 0-1")]
    [InlineData("O O", "")]
    [InlineData("B-A I-A", "A 0-1")]
    public void Entities_TagsAsModelsPredictThem_AreThoseOfSeqeval(string tags, string expected) =>
        Assert.Equal(expected, string.Join(", ", EntityTags.Entities(tags.Split(' ')).Select(entity => $"{entity.Type} {entity.First}-{entity.Last}")));

    [Fact]
    public void F1_NothingToFind_IsZero()
    {
        var sut = new EntityMetrics([["O"], []], [["O"], []]);

        Assert.Equal((0, 0, 0, 0, 0, 1), (sut.Precision, sut.Recall, sut.MicroF1, sut.MacroF1, sut.WeightedF1, sut.Accuracy));
        Assert.Empty(sut.TypeF1);
    }

    [Fact]
    public void Constructor_SentencesOfDifferentLength_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new EntityMetrics([["O", "O"]], [["O"]]));
}
