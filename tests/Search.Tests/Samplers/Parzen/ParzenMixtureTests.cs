using System.Collections.Immutable;
using System.Text.Json;
using Nola.Core.Searching;
using Nola.Search.Samplers.Parzen;
using Nola.Testing;

namespace Nola.Search.Tests.Samplers.Parzen;

public class ParzenMixtureTests
{
    private static readonly ImmutableArray<SearchParameter> Parameters = [
        new("x", new FloatRange(-5, 5)), new("lr", new FloatRange(1e-5, 1e-3, Log: true)), new("k", new IntegerRange(1, 16)),
        new("kl", new IntegerRange(1, 64, Log: true)), new("s", new FloatRange(0, 1, Step: 0.25)), new("rank", new Choices([8, 16, 32, 64, 128]))];

    [Theory]
    [InlineData("4.9.0", false)]
    [InlineData("5.0.0.dev", true)]
    public void LogDensity_OfOptunaCases_IsTheSame(string version, bool isJoint)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Require($"oracle/optuna/optuna-{version}.json")));
        var (compared, exact) = (0, 0);
        foreach (var item in golden.RootElement.GetProperty("parzen").EnumerateArray().Where(item => item.GetProperty("multivariate").GetBoolean() == isJoint))
        {
            var mode = item.GetProperty("mode").GetString()!;
            var parameters = Parameters.Where(parameter => item.GetProperty("obs").TryGetProperty(parameter.Name, out _)).ToArray();
            var columns = parameters.Select(parameter => new ParzenColumn(new(parameter))).ToArray();
            var count = item.GetProperty("n").GetInt32();
            foreach (var column in columns)
            {
                var values = Numbers(item.GetProperty("obs").GetProperty(column.Axis.Parameter.Name));
                for (var index = 0; index < count; index++)
                    column.Add(index, Place(column.Axis, values[index]));
            }

            var mixture = new ParzenMixture(columns, [.. Enumerable.Range(0, count)], []);
            var expected = Numbers(item.GetProperty("log_pdf"));
            var hasTies = columns.Any(column => column.Axis.Choices == 0 && Enumerable.Range(0, count).Select(column.PlaceOf).Distinct().Count() < count);
            for (var query = 0; query < expected.Length; query++)
            {
                var point = columns.Select(column => Place(column.Axis, Numbers(item.GetProperty("query").GetProperty(column.Axis.Parameter.Name))[query])).ToArray();
                var actual = mixture.LogDensity(point);
                // Equal values share one kernel's width in the order that numpy's sort happens to leave them in, from 17 on; another order is as good.
                var tolerance = hasTies && count >= 30 ? 1.5 : 1e-12 * Math.Max(1, Math.Abs(expected[query]));
                Assert.True(Math.Abs(expected[query] - actual) <= tolerance, $"{mode}, n = {count}, query {query}: expected {expected[query]:R}, was {actual:R}");
                compared++;
                exact += hasTies && count >= 30 ? 0 : 1;
            }
        }

        Assert.True(exact >= 60, $"{exact} of {compared} densities were compared exactly");
    }

    [Fact]
    public void Weights_OfOptunaCases_AreTheSame()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Require("oracle/optuna/optuna-5.0.0.dev.json")));
        foreach (var item in golden.RootElement.GetProperty("weights").EnumerateObject())
        {
            var expected = Numbers(item.Value);
            var actual = ParzenMixture.Weights(expected.Length);
            Assert.Equal(1, actual[^1]);
            for (var index = 0; index < expected.Length; index++)
                Assert.Equal(expected[index], actual[index], 1e-15);
        }
    }

    [Fact]
    public void Draw_ManyPoints_FollowTheDensity()
    {
        var column = new ParzenColumn(new(new("k", new IntegerRange(1, 6))));
        foreach (var (value, index) in new double[] { 2, 2, 5 }.Select((value, index) => (value, index)))
            column.Add(index, value);
        var mixture = new ParzenMixture([column], [0, 1, 2], []);
        var numbers = SeededNumbers.For(1, 1);
        var counts = new int[7];
        var point = new double[1];

        for (var draw = 0; draw < 20_000; draw++)
        {
            mixture.Draw(ref numbers, point);
            counts[(int)point[0]]++;
        }

        var total = 0.0;
        for (var value = 1; value <= 6; value++)
        {
            var mass = Math.Exp(mixture.LogDensity([value]));
            total += mass;
            Assert.InRange(counts[value] / 20_000.0, mass - 0.015, mass + 0.015);
        }

        Assert.Equal(1, total, 1e-12);
    }

    [Fact]
    public void LogDensity_ManyObservationsOrFew_IsTheSameRule()
    {
        // Sorting by itself and by the column's own order must agree; so must vectors and single numbers.
        var (few, many) = (new ParzenColumn(new(Parameters[0])), new ParzenColumn(new(Parameters[0])));
        var random = new Random(4);
        var values = Enumerable.Range(0, 200).Select(_ => random.NextDouble() * 10 - 5).ToArray();
        for (var index = 0; index < values.Length; index++)
            many.Add(index, values[index]);
        for (var index = 0; index < 64; index++)
            few.Add(index, values[index * 3]);

        var chosen = Enumerable.Range(0, 64).Select(index => index * 3).ToArray();
        var further = Enumerable.Range(0, 5).Select(index => new[] { index * 1.5 - 3 }).ToArray();

        var expected = new ParzenMixture([few], [.. Enumerable.Range(0, 64)], further);
        var all = new ParzenMixture([many], chosen, further);
        Assert.Equal(expected.LogDensity([0.3]), all.LogDensity([0.3]), 1e-12);

        var large = new ParzenMixture([many], [.. Enumerable.Range(0, 200)], further);
        var copy = new ParzenColumn(new(Parameters[0]));
        foreach (var (value, index) in values.Concat(further.Select(point => point[0])).Select((value, index) => (value, index)))
            copy.Add(index, value);
        Assert.Equal(large.LogDensity([0.3]), new ParzenMixture([copy], [.. Enumerable.Range(0, 205)], []).LogDensity([0.3]), 1e-12);
    }

    // Optuna keeps the position of a choice.
    private static double Place(ParzenAxis axis, double value) => axis.Choices > 0 ? value : axis.PlaceOf(value);

    private static double[] Numbers(JsonElement element) => [.. element.EnumerateArray().Select(number => number.GetDouble())];
}
