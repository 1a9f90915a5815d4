using Nola.Reasoning.Scoring;

namespace Nola.Reasoning.Tests.Scoring;

/// <summary>Scores of single answers.</summary>
public class ScoreTests
{
    [Theory]
    [InlineData("\n[1, 2]\n[END-OF-RESPONSE]", "[1,2]", true)]
    [InlineData("\"a b\"", "'ab'", true)]
    [InlineData("`5`", "5", true)]
    [InlineData("''a''", "a", false)]
    [InlineData("a\tb", "ab", false)]
    [InlineData(null, "", false)]
    [InlineData("'", "", true)]
    public void CorrectReasoning_Score_FollowsTheRules(string? prediction, string truth, bool right) => Assert.Equal(right, CorrectReasoning.Score(prediction, truth));

    [Theory]
    [InlineData(10, 0, 1, 0)]
    [InlineData(10, 3, 1, 0.3)]
    [InlineData(10, 3, 5, 1 - 21.0 / 252)]
    [InlineData(10, 6, 5, 1)]
    public void PassAtK_Of_IsUnbiased(int samples, int right, int k, double expected) => Assert.Equal(expected, PassAtK.Of(samples, right, k), 1e-12);

    [Theory]
    [InlineData(" 5\n", OutputType.Int)]
    [InlineData("-2.50", OutputType.Decimal)]
    [InlineData("True", OutputType.Binary)]
    [InlineData("[1]", OutputType.List)]
    [InlineData("(1, 2)", OutputType.Tuple)]
    [InlineData("YES", OutputType.String)]
    [InlineData("'5'", OutputType.String)]
    [InlineData("{}", OutputType.Other)]
    [InlineData("a\nb", OutputType.Other)]
    public void OutputTypes_Of_TellsTheType(string text, OutputType type) => Assert.Equal(type, OutputTypes.Of(text));
}
