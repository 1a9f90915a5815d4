using Nola.Client.Views;
using Nola.Core.Experiments;

namespace Nola.Client.Tests.Views;

public class LiveScreenTests
{
    [Theory]
    [InlineData(120)]
    [InlineData(80)]
    public void Render_Running_FitsTheWidth(int width)
    {
        var text = Render(SampleStatus.Running, width);

        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= width, line));
        Expectation.Matches(text, $"Running{width}");
    }

    [Fact]
    public void Render_Paused_SaysThatNothingRuns() => Expectation.Matches(Render(SampleStatus.Paused, 120), "Paused");

    [Theory]
    [InlineData(24)]
    [InlineData(40)]
    public void Render_ManyStudies_FitsTheHeight(int height)
    {
        var text = Terminal.Plain(LiveScreen.Render(SampleStatus.Wide, 120, height), 120);

        Assert.True(text.Split('\n').Length <= height, text);
        Expectation.Matches(text, $"Wide{height}");
    }

    [Fact]
    public void Render_Queued_ShowsNotice() =>
        Expectation.Matches(Render(SampleStatus.Running with { Running = [], Studies = [], Budget = new(), Notice = "No silo of the cluster has offered a device yet." }, 80), "Queued");

    private static string Render(ExperimentStatus status, int width) => Terminal.Plain(LiveScreen.Render(status, width), width);
}
