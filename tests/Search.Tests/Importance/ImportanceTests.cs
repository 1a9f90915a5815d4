using System.Collections.Immutable;
using System.Text.Json;
using Nola.Core.Searching;
using Nola.Search.Importance;
using Nola.Testing;

namespace Nola.Search.Tests.Importance;

public class ImportanceTests
{
    private static readonly SearchSpace Space = new([
        new("rank", new Choices([8, 16, 32, 64, 128])), new("alpha", new Choices([0.3, 0.5, 1.0])), new("dropout", new Choices([0.1, 0.3, 0.5])),
        new("lr", new FloatRange(1e-5, 1e-3, Log: true)), new("x", new FloatRange(0, 1)), new("k", new IntegerRange(1, 8))]);

    [Theory]
    [InlineData("ped_default", true, true)]
    [InlineData("ped_raw", true, false)]
    [InlineData("ped_global_raw", false, false)]
    public void PedAnova_TrialsOfTheOracle_HaveTheSameScores(string name, bool withinStudy, bool isScaled)
    {
        var (observations, results) = Golden();

        var options = new PedAnovaOptions { WithinStudy = withinStudy };
        var actual = isScaled ? PedAnova.Of(Space, observations, options) : PedAnova.Raw(Space, observations, options);

        foreach (var expected in results.GetProperty(name).EnumerateObject())
            Assert.Equal(expected.Value.GetDouble(), actual[expected.Name], 1e-12);
    }

    [Fact]
    public void Fanova_TrialsOfTheOracle_IsNearItsMean()
    {
        var (observations, results) = Golden();

        var actual = Fanova.Of(Space, observations);

        Assert.Equal(1, actual.Values.Sum(), 1e-9);
        foreach (var expected in results.GetProperty("fanova_mean10seeds").EnumerateObject())
            Assert.Equal(expected.Value.GetDouble(), actual[expected.Name], 0.03);
    }

    [Fact]
    public void Importance_FewOrFailedResults_IsZero()
    {
        Observation[] failed = [new(0, ImmutableSortedDictionary<string, ParameterValue>.Empty, null, ObservationState.Failed)];

        Assert.All(PedAnova.Of(Space, failed).Values, value => Assert.Equal(0, value));
        Assert.All(Fanova.Of(Space, failed).Values, value => Assert.Equal(0, value));
    }

    private static (ImmutableArray<Observation> Observations, JsonElement Results) Golden()
    {
        var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Require("oracle/optuna/optuna-5.0.0.dev.json"))).RootElement.GetProperty("importance");
        return ([.. golden.GetProperty("trials").EnumerateArray().Select((trial, number) => new Observation(
            number,
            trial[0].EnumerateObject().ToImmutableSortedDictionary(item => item.Name, item => Value(item)),
            trial[1].GetDouble(),
            ObservationState.Completed))], golden.GetProperty("results"));
    }

    private static ParameterValue Value(JsonProperty item) => item.Name is "rank" or "k" ? (ParameterValue)item.Value.GetInt64() : item.Value.GetDouble();
}
