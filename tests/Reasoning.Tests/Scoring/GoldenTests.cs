using System.Text.Json;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Scoring;
using Nola.Reasoning.Tasks;
using Nola.Testing;

namespace Nola.Reasoning.Tests.Scoring;

/// <summary>Scores equal those published for real predictions.</summary>
public class GoldenTests
{
    [Fact]
    public async Task ExecutionReasoning_CodeMindPredictions_ScoreAsRecorded()
    {
        var problems = Directory.GetFiles(SharedData.Require("reasoning"), "*.jsonl").SelectMany(file => ProblemFile.Read(file)).ToDictionary(problem => (problem.Dataset, problem.Id));
        var task = ReasoningTasks.Create("ier", "direct");
        var groups = new Dictionary<string, List<JudgedItem>>();
        var lines = 0;
        foreach (var line in File.ReadLines(SharedData.Require("oracle/codemind-ier-predictions.jsonl")))
        {
            var item = JsonSerializer.Deserialize<JsonElement>(line);
            string dataset = item.GetProperty("dataset").GetString()!, id = item.GetProperty("id").GetString()!;
            var judged = Assert.IsType<Judged>(await task.Next(problems[(dataset, id)], [item.GetProperty("predict").GetString()!], NoSandbox.Instance, default));

            Assert.True(judged.Judgement.IsRight == (item.GetProperty("crs").GetInt32() == 1), $"{dataset} {id}: {line}");

            var key = $"{dataset}/{item.GetProperty("model").GetString()}";
            if (!groups.TryGetValue(key, out var group))
                groups[key] = group = [];
            group.Add(new(id, 0, judged.Judgement));
            lines++;
        }

        Assert.Equal(9990, lines);
        var expected = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(await File.ReadAllTextAsync(SharedData.Require("oracle/codemind-ier-crr.json")))!;
        Assert.Equal(expected.Keys.Order(), groups.Keys.Order());
        foreach (var (key, value) in expected)
            Assert.Equal(value.GetProperty("crr").GetDouble(), TaskMetrics.Of(task, groups[key])["crr"] * 100, 0.01);
    }

    [Fact]
    public void CruxEvalOutput_CodeLlamaGenerations_ScoreAsRecorded()
    {
        var problems = ProblemFile.Read(SharedData.Require("reasoning/cruxeval.jsonl")).ToDictionary(problem => problem.Id);
        var oracle = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(SharedData.Require("oracle/cruxeval-codellama-7b-output-scored.json")));
        var items = new List<JudgedItem>();
        foreach (var problem in oracle.GetProperty("raw_generations").EnumerateObject())
        {
            var scores = oracle.GetProperty("raw_scored_generations").GetProperty(problem.Name);
            for (var sample = 0; sample < scores.GetArrayLength(); sample++)
            {
                var generation = problem.Value[sample].GetString()!;
                var right = CruxEvalOutput.IsRight(problems[problem.Name], generation);
                Assert.True(right == scores[sample].GetBoolean(), $"{problem.Name}: {generation}");
                items.Add(new(problem.Name, sample, Judgement.Of(right, generation, null)));
            }
        }

        Assert.Equal(8000, items.Count);
        var metrics = TaskMetrics.Of(ReasoningTasks.Create("cruxeval-output", "direct"), items);
        Assert.Equal(34.2125, metrics["pass@1"] * 100, 1e-6);
        Assert.Equal(oracle.GetProperty("pass_at_5").GetDouble(), metrics["pass@5"] * 100, 1e-6);
    }
}
