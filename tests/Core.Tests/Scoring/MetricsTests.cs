using System.Text.Json.Nodes;
using Nola.Core.Scoring;
using Nola.Testing;

namespace Nola.Core.Tests.Scoring;

/// <summary>Metrics equal scikit-learn's and SciPy's, and stay finite where those give NaN.</summary>
public class MetricsTests
{
    private static JsonNode Expected => JsonNode.Parse(File.ReadAllText(SharedData.Require("oracle/hf/metrics.json")))!;

    [Fact]
    public void Classification_OracleCases_EqualScikitLearn()
    {
        foreach (var item in Expected["classification"]!.AsArray())
        {
            var labels = item!["labels"]!.AsArray().Select(value => (int)value!).ToArray();
            var rows = item["probabilities"]!.AsArray().Select(row => row!.AsArray().Select(value => (float)value!).ToArray()).ToArray();
            var sut = new ClassificationMetrics(labels, [.. rows.Select(row => Array.IndexOf(row, row.Max()))], rows[0].Length);

            Assert.Equal((double)item["accuracy"]!, sut.Accuracy, 1e-12);
            Assert.Equal((double)item["macro_f1"]!, sut.MacroF1, 1e-12);
            Assert.Equal((double)item["micro_f1"]!, sut.Accuracy, 1e-12);
            Assert.Equal((double)item["weighted_f1"]!, sut.WeightedF1, 1e-12);
            Assert.Equal((double)item["mcc"]!, sut.MatthewsCorrelation, 1e-12);
            var area = ClassificationMetrics.MacroAuroc(labels, rows.SelectMany(row => row).ToArray(), rows[0].Length);
            if (item["auroc_macro_ovr"] is JsonValue value && value.TryGetValue<double>(out var auroc) && double.IsFinite(auroc))
                Assert.Equal(auroc, area, 1e-9);
        }
    }

    [Fact]
    public void Spearman_OracleCases_EqualSciPy()
    {
        foreach (var item in Expected["spearman"]!.AsArray())
            Assert.Equal((double)item!["rho"]!, Ranks.Spearman(Numbers(item["a"]!), Numbers(item["b"]!)), 1e-12);
    }

    [Fact]
    public void MacroF1_ClassNeitherTrueNorPredicted_IsLeftOut() =>
        Assert.Equal(1.0, new ClassificationMetrics([0, 1, 1], [0, 1, 1], 4).MacroF1);

    [Fact]
    public void MacroF1_ClassPredictedButNeverTrue_CountsAsZero() =>
        Assert.Equal((1.0 + (2.0 / 3) + 0) / 3, new ClassificationMetrics([0, 1, 1], [0, 1, 2], 4).MacroF1, 1e-12);

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void AllMetrics_OneClassOnlyOrNothing_AreFinite(int samples)
    {
        var labels = new int[samples];
        var sut = new ClassificationMetrics(labels, labels, 2);
        double[] all = [sut.Accuracy, sut.MacroF1, sut.WeightedF1, sut.MatthewsCorrelation, ClassificationMetrics.MacroAuroc(labels, new float[samples * 2], 2)];
        Assert.All(all, value => Assert.True(double.IsFinite(value)));
    }

    private static double[] Numbers(JsonNode node) => [.. node.AsArray().Select(value => (double)value!)];
}
