using Nola.Client.Reports;
using Nola.Client.Views;
using Nola.Core.Experiments;

namespace Nola.Client.Tests.Reports;

public class ReportTests
{
    [Theory]
    [InlineData(160)]
    [InlineData(80)]
    [InlineData(120)]
    public void Table_OfWidth_FitsIt(int width)
    {
        var text = Terminal.Plain(ReportTable.Render(SampleReport.Build(), width), width);

        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= width, line));
        Expectation.Matches(text, $"Table{width}");
    }

    [Fact]
    public void Markdown_OfSample_AsExpected() => Expectation.Matches(ReportMarkdown.Write(SampleReport.Build()), "Markdown");

    [Fact]
    public void Csv_OfSample_AsExpected() => Expectation.Matches(ReportCsv.Write(SampleReport.Build()), "Csv");

    [Fact]
    public void Json_OfSample_AsExpected() => Expectation.Matches(ReportJson.Write(SampleReport.Build()) + "\n", "Json");

    [Fact]
    public void Table_NothingFinished_NamesTheStudies()
    {
        var spec = SampleReport.Spec with { Rates = null, Search = null };
        var report = Core.Reports.ReportBuilder.Build(spec, SampleReport.Status with { State = ExperimentState.Running, EndedAt = null, Notice = "No silo of the cluster has offered a device yet." }, []);

        Expectation.Matches(Terminal.Plain(ReportTable.Render(report, 80), 80), "TableEmpty");
    }
}
