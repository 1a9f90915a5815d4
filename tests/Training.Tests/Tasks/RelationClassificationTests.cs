using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Training.Tests.Loop;

namespace Nola.Training.Tests.Tasks;

public sealed class RelationClassificationTests : IDisposable
{
    private readonly ToyTrial toy = new();

    public void Dispose() => toy.Dispose();

    // What tells the class stands between entities that lie behind the first 32 tokens.
    [Fact]
    public void Execute_EntitiesBehindTheMaximumLength_LearnsTheirRelation()
    {
        var spec = toy.Spec(task: "relation-classification");
        var dataset = new DatasetSpec { Id = "toy", Train = [Write("train.csv", 200, 1)], Test = [Write("test.csv", 60, 2)], Markers = new("<a>", "</a>", "<b>", "</b>") };

        var result = toy.Run(spec with { Dataset = dataset }, "relations");

        Assert.IsType<Completed>(result.Outcome);
        Assert.True(result.Metrics["macro-f1"] > 0.95, $"macro-F1 on the test split is {result.Metrics["macro-f1"]}");
    }

    private string Write(string name, int rows, int seed)
    {
        string[] filler = ["the", "patient", "was", "seen", "today", "with", "no", "pain"];
        var random = new Random(seed);
        var path = Path.Combine(toy.Folder, "relation-" + name);
        File.WriteAllLines(path, Enumerable.Range(0, rows).Select(row =>
        {
            string Some(int count) => string.Join(' ', Enumerable.Range(0, count).Select(_ => filler[random.Next(filler.Length)]));
            var (telling, other) = row % 2 == 0 ? ("heart", "bone") : ("bone", "heart");
            return $"{other} {Some(random.Next(35, 50))} <a> fever </a> {telling} <b> lung </b> {Some(random.Next(35, 50))} {other},class{row % 2}";
        }).Prepend("text,label"));
        return path;
    }
}
