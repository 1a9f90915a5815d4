using System.Xml.Linq;
using Nola.Client.Studies;
using Nola.Client.Studies.Figures;
using Nola.Core.Experiments;

namespace Nola.Client.Tests.Studies;

public class StudyPageTests
{
    private static readonly Objective Weights = new("parameters", Direction.Minimize);

    [Fact]
    public void Write_StudyOfEveryKind_HasAllFiguresAndLoadsNothing()
    {
        var page = Page(SampleStudy.Build(60));

        Assert.Equal(
            ["Optimisation history", "Importance of parameters", "Intermediate values", "Timeline", "Pareto front", "Parallel coordinates", "Slices", "Contours"],
            page.Descendants("figure").Select(figure => figure.Element("h2")!.Value));
        Assert.DoesNotContain(page.Descendants(), element => element.Attributes().Any(attribute => attribute.Name.LocalName is "src" or "href"));
        // Every number is one, and every mark lies on its figure.
        Assert.All(page.Descendants("svg"), svg =>
        {
            var size = svg.Attribute("viewBox")!.Value.Split(' ').Select(double.Parse).ToArray();
            Assert.DoesNotContain("NaN", svg.ToString(), StringComparison.Ordinal);
            Assert.All(svg.Descendants("circle"), point =>
            {
                Assert.InRange((double)point.Attribute("cx")!, 0, size[2]);
                Assert.InRange((double)point.Attribute("cy")!, 0, size[3]);
            });
        });
    }

    [Fact]
    public void Write_History_HasAPointPerValueAndTheBestSoFar()
    {
        var study = SampleStudy.Build();
        var figure = Page(study).Descendants("figure").First();

        Assert.Equal(study.Trials.Count(trial => study.ValueOf(trial) is not null), figure.Descendants("circle").Count());
        var best = figure.Descendants("polyline").Single();
        Assert.StartsWith("best so far, 0.8018 in the end", best.Value, StringComparison.Ordinal);
        var heights = best.Attribute("points")!.Value.Split(' ').Select(point => double.Parse(point.Split(',')[1], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(heights.OrderDescending(), heights);
    }

    [Fact]
    public void Write_NothingFinished_SaysSo()
    {
        var page = Page(SampleStudy.Build() with { Trials = [] });

        Assert.Contains("No trial has a value yet.", page.Value, StringComparison.Ordinal);
        Assert.Empty(page.Descendants("figure"));
    }

    [Fact]
    public void Write_ManyTrials_StaysSmall() => Assert.InRange(StudyPage.Write(SampleStudy.Build(3000), [SampleStudy.Build(1).Objective, Weights]).Length, 10_000, 6_000_000);

    [Fact]
    public void Write_NameWithMarkup_IsText() =>
        Assert.Contains("sweep <b> & co", Page(SampleStudy.Build() with { Title = "sweep <b> & co" }).Value, StringComparison.Ordinal);

    [Theory]
    [InlineData(0, 1, "0 0.2 0.4 0.6 0.8 1")]
    [InlineData(-3, 17, "0 5 10 15")]
    public void Ticks_Linear_AreRound(double low, double high, string ticks) => Assert.Equal(ticks, string.Join(' ', new LinearScale(low, high).Ticks.Select(tick => tick.Label)));

    [Theory]
    [InlineData(1e-5, 1e-2, "1e-5 1e-4 0.001 0.01")]
    [InlineData(4, 64, "5 10 20 50")]
    public void Ticks_Logarithmic_AreRound(double low, double high, string ticks) => Assert.Equal(ticks, string.Join(' ', new LogScale(low, high).Ticks.Select(tick => tick.Label)));

    // The page is XHTML but for its first line and meta elements.
    private static XElement Page(StudyRecord study)
    {
        var text = StudyPage.Write(study, [study.Objective, Weights]);
        return XElement.Parse(string.Join('\n', text.Split('\n').Where(line => !line.StartsWith("<!DOCTYPE", StringComparison.Ordinal) && !line.StartsWith("<meta", StringComparison.Ordinal))));
    }
}
