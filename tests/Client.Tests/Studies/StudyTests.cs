using Nola.Client.Commands;
using Nola.Client.Studies;
using Nola.Client.Views;
using Nola.Core.Experiments;

namespace Nola.Client.Tests.Studies;

public class StudyTests
{
    private static readonly StudyRecord Study = SampleStudy.Build();

    [Fact]
    public void Best_TwoSeeds_IsTheBestMeanOfWholeSets() => Expectation.Matches(Terminal.Plain(StudyBestCommand.Render([Study, Study with { Trials = [] }]), 100), "Best");

    [Fact]
    public void Trials_Table_AsExpected() => Expectation.Matches(Terminal.Plain(TrialRow.Render([.. TrialRow.Of([Study])], "macro-f1"), 160), "Trials");

    [Fact]
    public void Trials_Csv_AsExpected() => Expectation.Matches(TrialRow.Csv([.. TrialRow.Of([Study])]), "TrialsCsv");

    [Fact]
    public void Importances_OneParameterDecides_IsFirstByBothMeasures()
    {
        var importances = Importances.Of(SampleStudy.Build(120));

        Assert.Equal("learningRate", importances.Parameters[0].Parameter);
        Assert.Equal("learningRate", importances.Parameters.MaxBy(parameter => parameter.Fanova)!.Parameter);
        Assert.Equal(1, importances.Parameters.Sum(parameter => parameter.PedAnova), 9);
        Assert.Null(importances.Parameters.Single(parameter => parameter.Parameter == "momentum").Fanova);
        // Sets 3, 7 and 11 have no value; of set 5 one seed has.
        Assert.Equal(117, importances.Results);
    }

    [Fact]
    public void Front_ValueAgainstTrainedWeights_IsWhatNoOtherSetBeats()
    {
        var front = Front.Of(Study, [Study.Objective, new("parameters", Direction.Minimize)]);

        var best = front.Best.ToArray();
        Assert.NotEmpty(best);
        Assert.All(best, point => Assert.DoesNotContain(front.Points, other => Beats(other, point)));
        Assert.All(front.Points.Where(point => !point.IsBest), point => Assert.Contains(front.Points, other => Beats(other, point)));
        Assert.Equal(best.Select(point => point.Values[0]).OrderDescending(), best.Select(point => point.Values[0]));

        static bool Beats(FrontPoint one, FrontPoint other) =>
            one.Values[0] >= other.Values[0] && one.Values[1] <= other.Values[1] && (one.Values[0] > other.Values[0] || one.Values[1] < other.Values[1]);
    }

    [Fact]
    public void Constraints_BestBreakThem_IsAmongTheOthersOnly()
    {
        var small = Bound(8000);

        Assert.Equal(16, Study.Best[0].Parameters["lora.rank"].AsInteger());
        Assert.Equal(8, small.Best[0].Parameters["lora.rank"].AsInteger());
        var front = Front.Of(small, [Study.Objective, new("seconds", Direction.Minimize)]);
        Assert.Contains(front.Points, point => !point.IsFeasible);
        Assert.All(front.Points, point => Assert.Equal(point.Set.Parameters["lora.rank"].AsInteger() == 8, point.IsFeasible));
        Assert.All(front.Best, point => Assert.True(point.IsFeasible));
        var rows = TrialRow.Of([small]).ToArray();
        Assert.Equal(11, rows.Count(row => row.IsFeasible == false));
        var table = Terminal.Plain(TrialRow.Render(rows, "macro-f1"), 160);
        Assert.Contains("completed, infeasible", table, StringComparison.Ordinal);
        Assert.StartsWith("study,trial,seed,state,why,feasible,value", TrialRow.Csv(rows), StringComparison.Ordinal);
        Assert.Contains("no trial keeps the constraints; 17 trials of 24 infeasible", Terminal.Plain(StudyBestCommand.Render([Bound(1)]), 100), StringComparison.Ordinal);

        static StudyRecord Bound(double weights) => Study with { Spec = Study.Spec with { Constraints = [new("parameters", null, weights)] } };
    }

    [Theory]
    [InlineData("macro-f2", "No trial of sweep has 'macro-f2'; did you mean 'macro-f1'?")]
    [InlineData("loss:down", "--by is 'loss:down', but must be a metric, or a metric with :minimize or :maximize behind it.")]
    [InlineData("loss", "A front needs two objectives; name another one beside loss: --by macro-f1")]
    public void Objectives_Wrong_SaysWhatThereIs(string by, string message) =>
        Assert.Equal(message, Assert.Throws<UserException>(() => StudyParetoCommand.ObjectivesOf(Study, [by])).Message);
}
