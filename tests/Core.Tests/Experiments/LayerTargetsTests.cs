using System.Collections.Immutable;
using Nola.Core.Experiments;

namespace Nola.Core.Tests.Experiments;

public sealed class LayerTargetsTests
{
    private const string Key = "bert.encoder.layer.1.attention.self.key";

    [Theory]
    [InlineData("key", true)]
    [InlineData("self.key", true)]
    [InlineData(Key, true)]
    [InlineData("all-linear", true)]
    [InlineData("ey", false)]
    [InlineData("self", false)]
    [InlineData("value", false)]
    public void Match_Name_TakesTheWholeNameOrAnEndAfterADot(string name, bool expected) => Assert.Equal(expected, new LayerTargets([name], null, []).Match(Key));

    [Theory]
    [InlineData(@".*\.(key|value)", true)]
    [InlineData(@".*layer\.[02]\..*", false)]
    [InlineData("key", false)] // matches a part only
    public void Match_Pattern_TakesTheWholeName(string pattern, bool expected) => Assert.Equal(expected, new LayerTargets([], pattern, []).Match(Key));

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    public void Match_Layers_TakesTheFirstNumberInTheName(int layer, bool expected) => Assert.Equal(expected, new LayerTargets(["key"], null, [layer]).Match(Key));

    [Fact]
    public void ScaleOf_Variants_AreThoseOfPeft()
    {
        var lora = new LoraMethod
        {
            Id = "lora",
            Rank = 4,
            Alpha = 8,
            RankPattern = ImmutableSortedDictionary<string, int>.Empty.Add("key", 16),
            AlphaPattern = ImmutableSortedDictionary<string, double>.Empty.Add(@"layer\.0\..*", 2),
        };

        Assert.Equal((16, 0.5), (lora.RankOf(Key), lora.ScaleOf(Key)));
        Assert.Equal((4, 0.5), (lora.RankOf("layer.0.value"), lora.ScaleOf("layer.0.value")));
        Assert.Equal(2, (lora with { RankStabilized = true }).ScaleOf(Key));
        Assert.Equal(0.5, (lora with { AlphaRatio = 0.5 }).ScaleOf("layer.1.value"));
    }
}
