using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Nola.Client.Views;
using Nola.Core.Experiments;
using Nola.Core.Trials;

namespace Nola.Client.Tests.Views;

public sealed class LogViewTests : IDisposable
{
    private readonly StringWriter output = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
    private readonly FakeTimeProvider time = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly LogView sut;

    public LogViewTests()
    {
        time.SetLocalTimeZone(TimeZoneInfo.Utc);
        sut = new(output, time);
    }

    public void Dispose() => output.Dispose();

    [Fact]
    public void Show_FromStartToEnd_AsExpected()
    {
        var status = SampleStatus.Running with { Studies = [.. SampleStatus.Running.Studies.Select(study => study with { Counts = OutcomeCounts.None })] };
        Show(status);
        Later(3, status, SampleStatus.Ended(0, 0, new Completed(), 0.8123), SampleStatus.Ended(0, 1, new Failed("the file notes.csv cannot be read")));
        Later(9, SampleStatus.Running);
        Later(1, SampleStatus.Running);
        Later(60, SampleStatus.Running);
        Later(1, SampleStatus.Running with { Notice = "No silo of the cluster offers a device." });
        Later(4, SampleStatus.Running with { Notice = "No silo of the cluster offers a device." });
        Later(2, SampleStatus.Paused);

        Expectation.Matches(output.ToString(), "Run");
    }

    [Fact]
    public void Show_ManyTrialsAtOnce_CountsThem()
    {
        var status = SampleStatus.Running with { Running = [], Studies = [SampleStatus.Running.Studies[0] with { Planned = 1000, Counts = OutcomeCounts.None }] };
        Show(status);
        for (var second = 1; second <= 11; second++)
        {
            var news = Enumerable.Range(second * 50, 50).Select(number => SampleStatus.Ended(0, number, new Completed(), number)).ToArray();
            Later(1, status with { Studies = [status.Studies[0] with { Counts = new() { Completed = second * 50 } }] }, news);
        }

        Later(1, status with { State = ExperimentState.Finished, Studies = [status.Studies[0] with { Counts = new() { Completed = 550 } }] });

        Expectation.Matches(output.ToString(), "Many");
        Assert.True(output.ToString().Split('\n').Length < 50);
    }

    [Fact]
    public void Show_EndedBefore_SaysSoInOneLine()
    {
        sut.Show(new(SampleStatus.Running with { State = ExperimentState.Finished, Running = [] }, [new(SampleStatus.Running.Studies[0], SampleStatus.Ended(0, 0, new Completed(), 0.8))]));

        Assert.Equal("12:00:00 quickstart: 6 trials in 3 studies, nola-mini / clinical-notes; 3 trials ended before\n12:00:00 quickstart is finished\n", output.ToString());
    }

    private void Later(int seconds, ExperimentStatus status, params TrialRecord[] ended)
    {
        time.Advance(TimeSpan.FromSeconds(seconds));
        Show(status, ended);
    }

    private void Show(ExperimentStatus status, params TrialRecord[] ended) =>
        sut.Show(new(status, [.. ended.Select(trial => new FinishedTrial(status.Studies[trial.Id.Study], trial))]));
}
