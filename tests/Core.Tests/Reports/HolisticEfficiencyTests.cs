using System.Globalization;
using Nola.Core.Budgets;
using Nola.Core.Reports;
using Nola.Testing;

namespace Nola.Core.Tests.Reports;

/// <summary>Against the numbers that the authors of arXiv 2402.10597 published.</summary>
public sealed class HolisticEfficiencyTests
{
    [Fact]
    public void Of_PublishedInputs_GivesThePublishedEfficiencies()
    {
        var counts = PublishedCounts(SharedData.Require("oracle/efficient-ml/trainable_params.yaml"));
        var inputs = File.ReadLines(SharedData.Require("oracle/efficient-ml/efficiency-inputs.csv")).Skip(1).Select(line => line.Split(',')).ToArray();
        var expected = File.ReadLines(SharedData.Require("oracle/efficient-ml/efficiency-expected.csv")).Skip(1).Select(line => line.Split(','))
            .ToDictionary(cells => cells[1] + "_" + cells[2], cells => double.Parse(cells[^1], CultureInfo.InvariantCulture));

        var actual = HolisticEfficiency.Of([.. inputs.Select(cells =>
        {
            var (peft, total) = counts[(cells[2], cells[3])];
            return new EfficiencyInputs(double.Parse(cells[7], CultureInfo.InvariantCulture), peft, total);
        })]);

        Assert.Equal(9, actual.Length);
        foreach (var (cells, value) in inputs.Zip(actual))
            Assert.Equal(expected[cells[0]], value, 1e-6);
    }

    [Fact]
    public void CostOf_PublishedHours_GivesThePublishedCosts()
    {
        var rates = new RateCard { Currency = "GBP", TrainingPerHour = 2.0396m, InferencePerHour = 1.9851m };
        var rows = File.ReadLines(SharedData.Require("oracle/efficient-ml/cost-table.tex"))
            .Select(line => line.Replace("\\\\", "", StringComparison.Ordinal).Split('&', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length == 5 && decimal.TryParse(cells[2], CultureInfo.InvariantCulture, out _)).ToArray();

        Assert.Equal(11, rows.Length);
        foreach (var cells in rows)
        {
            var cost = rates.CostOf(TimeSpan.FromHours(Number(cells[2])), TimeSpan.FromHours(Number(cells[3])));
            Assert.Equal(Number(cells[4]), (double)cost, 0.01); // the table's own hours are rounded to 0.01
        }
    }

    [Fact]
    public void Of_RowsAllAlike_IsOneEverywhere() => Assert.Equal([1.0, 1.0], HolisticEfficiency.Of([new(5, 10, 100), new(5, 10, 100)]));

    [Fact]
    public void Of_OneRow_IsOne() => Assert.Equal([1.0], HolisticEfficiency.Of([new(5, 10, 100)]));

    [Fact]
    public void Of_NoRows_IsEmpty() => Assert.Empty(HolisticEfficiency.Of([]));

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);

    // The file is flat: a model, its methods, their values, by indentation.
    private static Dictionary<(string Model, string Method), (long Peft, long Total)> PublishedCounts(string path)
    {
        var counts = new Dictionary<(string, string), (long, long)>();
        var (model, method, peft) = ("", "", 0L);
        foreach (var line in File.ReadLines(path))
        {
            var text = line.Trim();
            if (!line.StartsWith(' '))
                model = text.TrimEnd(':');
            else if (!line.StartsWith("    ", StringComparison.Ordinal))
                method = text.TrimEnd(':');
            else if (text.StartsWith("n_peft_params:", StringComparison.Ordinal))
                peft = long.Parse(text.Split(' ')[1], CultureInfo.InvariantCulture);
            else if (text.StartsWith("total_params:", StringComparison.Ordinal))
                counts[(model, method)] = (peft, long.Parse(text.Split(' ')[1], CultureInfo.InvariantCulture));
        }

        return counts;
    }
}
