using Nola.Reasoning.Analyses;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Tasks;
using Nola.Reasoning.Tests.Sandbox;

namespace Nola.Reasoning.Tests.Analyses;

/// <summary>What is compared with what, and where features are kept.</summary>
public sealed class ReasoningAnalysisTests(SandboxFixture fixture) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-features-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Of_SamplesAndSeeds_CountOncePerProblem()
    {
        var study = Study("ier", "m", "cot", "RW") with { Items = [.. Items("RW"), .. Items("RR").Select(item => item with { Sample = 1 }), .. Items("WW").Select(item => item with { Seed = 1 })] };

        var all = ReasoningAnalysis.Of([study]).Studies.Single().All!;

        Assert.Equal((2, 0.5), (all.Count, all.Rate.Value));
    }

    [Fact]
    public void Of_ModelsAndMethods_AreComparedWhereAllElseIsTheSame()
    {
        var analysis = ReasoningAnalysis.Of([Study("sr", "a", "with-test", "RRR"), Study("sr", "a", "no-test", "RRW"), Study("sr", "b", "with-test", "RWW"), Study("sr", "b", "no-test", "WWW")]);

        Assert.Equal(
            [
                (ComparisonKind.Models, "a/with-test", "b/with-test", -2), (ComparisonKind.Models, "a/no-test", "b/no-test", -2),
                (ComparisonKind.Methods, "a/with-test", "a/no-test", -1), (ComparisonKind.Methods, "b/with-test", "b/no-test", -1),
            ],
            analysis.Comparisons.Select(pair => (pair.Kind, Short(pair.First), Short(pair.Second), (int)Math.Round(3 * pair.Change.Change.Value))));
        Assert.Empty(analysis.Rankings); // two models are too few
        Assert.All(analysis.Studies, rates => Assert.Empty(rates.OutputTypes)); // of a program there is none
    }

    [Fact]
    public void Of_DerAndIer_AreComparedWhereTheOwnProgramIsRight()
    {
        var der = Study("der", "a", "cot", "RWW") with { };
        der = der with { Items = [.. der.Items.Select((item, i) => i == 2 ? item : item with { Judgement = item.Judgement with { Parts = item.Judgement.Parts.SetItem(JudgementParts.Reasoning, i == 0 ? 1 : 0) } })] };

        var pair = Assert.Single(ReasoningAnalysis.Of([der, Study("ier", "a", "direct", "RRR"), Study("ier", "b", "direct", "RRR")]).Comparisons, pair => pair.Kind == ComparisonKind.DependentAgainstIndependent);

        Assert.Equal(("ier", "der", 2, 1.0, 0.5), (pair.First.Task, pair.Second.Task, pair.Change.Count, pair.Change.Before, pair.Change.After));
    }

    [Fact]
    public void Of_ThreeModels_AreRanked()
    {
        AnalysedStudy[] studies = [.. new[] { ("a", "RRR", "RWW"), ("b", "RRW", "RRW"), ("c", "RWW", "RRR") }.SelectMany(model => new[] { Study("ier", model.Item1, "cot", model.Item2), Study("ier", model.Item1, "direct", model.Item3) })];

        var ranking = Assert.Single(ReasoningAnalysis.Of(studies).Rankings);

        Assert.Equal((RankedThings.Models, "ier / set / cot", "ier / set / direct", new RankAgreement(-1, -1, 3)), (ranking.Of, ranking.First, ranking.Second, ranking.Agreement));
    }

    [Fact]
    public async Task FeatureStore_Reopened_KnowsWhatWasFoundAndWhatCannotBeParsed()
    {
        var sandbox = fixture.Require(ProgramLanguage.Python);
        var file = Path.Combine(folder, "artifacts", "features.jsonl");
        Problem good = Problem("good"), bad = Problem("bad") with { Code = "def f(:" };
        var store = new FeatureStore(file);
        await store.Add(store.Missing([good, bad, good with { Id = "again" }]), sandbox, new Progress<int>(), default);
        await File.AppendAllTextAsync(file, "{ cut", TestContext.Current.CancellationToken);

        var reopened = new FeatureStore(file);

        Assert.Empty(reopened.Missing([good, bad]));
        Assert.Equal(3, File.ReadLines(file).Count());
        Assert.Null(reopened.Find(bad));
        var (before, after) = (store.Find(good)!, reopened.Find(good)!);
        Assert.Equal((before.Complexity, before.Lines, string.Join(',', before.Tags), before.Iterations), (after.Complexity, after.Lines, string.Join(',', after.Tags), after.Iterations));
    }

    [Fact]
    public void ItemsFile_Read_GivesWhatWasWritten()
    {
        JudgedItem[] items = [new("a", 0, Judgement.Of(true, "1", "1").With(JudgementParts.TypeMatch, true)), new("a", 1, Judgement.Unjudged("no"))];
        ItemsFile.Write(folder, items.Select(item => (Problem("a"), item)));

        var read = ItemsFile.Read(folder).ToArray();

        Assert.Equal([("set", "a", 0), ("set", "a", 1)], read.Select(line => (line.Dataset, line.Item.Id, line.Item.Sample)));
        Assert.Equal((true, "1", 1.0), (read[0].Item.Judgement.IsRight, read[0].Item.Judgement.Prediction, read[0].Item.Judgement.Parts[JudgementParts.TypeMatch]));
        Assert.Equal((JudgementKind.Unjudged, "no"), (read[1].Item.Judgement.Kind, read[1].Item.Judgement.Reason));
    }

    private static string Short(AnalysedStudy study) => $"{study.Model}/{study.Method}";

    private static AnalysedStudy Study(string task, string model, string method, string marks) =>
        new() { Experiment = "e", Index = 0, Task = task, Model = model, Dataset = "set", Method = method, Items = [.. Items(marks)] };

    // One problem a letter: R is right.
    private static IEnumerable<AnalysedItem> Items(string marks) => marks.Select((mark, i) => new AnalysedItem(Problem($"p{i}"), Judgement.Of(mark == 'R', "1", "1"), null));

    private static Problem Problem(string id) => new() { Dataset = "set", Id = id, Language = ProgramLanguage.Python, Code = "def f(x):\n    for i in range(x):\n        pass\n", Input = "f(2)", Output = "1" };
}
