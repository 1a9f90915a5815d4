using Nola.Reasoning.Endpoints;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Tasks;
using Nola.Reasoning.Tests.Sandbox;

namespace Nola.Reasoning.Tests.Tasks;

/// <summary>SR, DER and input prediction with recorded answers and programs that really run.</summary>
public sealed class SynthesisEndToEndTests(SandboxFixture fixture) : IDisposable
{
    private static readonly Problem Doubling = new()
    {
        Dataset = "own",
        Id = "double",
        Language = ProgramLanguage.Python,
        Code = "def double(x):\n    return x * 2",
        Input = "double(4)",
        Output = "8",
        Specification = "Write a function that doubles.",
        Assertion = "assert double(4) == 8",
        AllAssertions = "assert double(4) == 8\nassert double(0) == 0\nassert double('a') == 'aa'",
    };

    private readonly string file = Path.Combine(Path.GetTempPath(), $"nola-answers-{Guid.NewGuid():N}.jsonl");

    public void Dispose() => File.Delete(file);

    [Theory]
    [InlineData("with-test", "```python\ndef double(x): return x + x\n```", JudgementKind.Right)]
    [InlineData("no-test", "def double(x): return x ** 2", JudgementKind.Wrong)]
    [InlineData("no-test", "def double(x): return 8", JudgementKind.Right)]
    [InlineData("misleading-test", "def double(x: List[int]): return 2 * x", JudgementKind.Right)]
    [InlineData("with-test", "def double(x): exit(0)", JudgementKind.Wrong)]
    [InlineData("with-test", "import os\ndef double(x): os._exit(0)", JudgementKind.Wrong)]
    [InlineData("with-test", "def double(x): while", JudgementKind.Wrong)]
    public async Task SpecificationReasoning_RecordedProgram_IsJudgedByTheOriginalTest(string method, string program, JudgementKind kind) =>
        Assert.Equal(kind, (await Run(ReasoningTasks.Create("sr", method, seed: 5), program)).Kind);

    [Theory]
    [InlineData("def double(x):\n    # twice\n    return x + x  # done", "<<<Output>>>\n8\n[END-OF-RESPONSE]", 1.0, 1.0)]
    [InlineData("def double(x):\n    return x + x", "<<<Output>>>\n9\n[END-OF-RESPONSE]", 1.0, 0.0)]
    [InlineData("def double(x):\n    return 8", "<<<Output>>>\n8", 0.0, null)]
    public async Task DependentReasoning_RecordedAnswers_AreJudgedInTwoParts(string program, string reasoning, double synthesis, double? reasoned)
    {
        var judgement = await Run(ReasoningTasks.Create("der", "cot"), program, reasoning);

        Assert.Equal(synthesis, judgement.Parts["synthesis"]);
        Assert.Equal(reasoned, judgement.Parts.TryGetValue("reasoning", out var value) ? value : null);
        Assert.Equal(synthesis > 0 && reasoned > 0, judgement.IsRight);
    }

    [Fact]
    public async Task DependentReasoning_SecondQuestion_HoldsTheProgramWithoutComments()
    {
        var sandbox = fixture.Require(ProgramLanguage.Python);

        var step = await ReasoningTasks.Create("der", "cot").Next(Doubling, ["def double(x):\n    # twice\n    s = '# no comment'\n    return x + x  # done"], sandbox, default);

        var prompt = Assert.IsType<AskNext>(step).Prompt.User;
        Assert.DoesNotContain("twice", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("done", prompt, StringComparison.Ordinal);
        Assert.Contains("s = '# no comment'\n    return x + x\n", prompt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("assert double(4) == 8", JudgementKind.Right)]
    [InlineData("double(4.0)", JudgementKind.Right)]
    [InlineData("assert double(5) == 8", JudgementKind.Wrong)]
    [InlineData("double(exit(0)) == 8", JudgementKind.Wrong)]
    [InlineData("double(5) or 8", JudgementKind.Wrong)]
    public async Task CruxEvalInput_Answer_IsRun(string answer, JudgementKind kind) =>
        Assert.Equal(kind, (await Run(ReasoningTasks.Create("cruxeval-input", "direct"), answer)).Kind);

    private async Task<Judgement> Run(ReasoningTask task, params string[] answers)
    {
        var sandbox = fixture.Require(ProgramLanguage.Python);
        File.WriteAllLines(file, answers.Select((text, turn) => System.Text.Json.JsonSerializer.Serialize(new { id = "double", turn, text })));
        using var endpoint = new ReplayEndpoint("recorded", file);
        var given = new List<string>();
        while (true)
        {
            switch (await task.Next(Doubling, given, sandbox, default))
            {
                case Judged judged:
                    return judged.Judgement;
                case AskNext ask:
                    given.Add(Assert.IsType<Answered>(await endpoint.Ask(new() { Id = "double", Turn = given.Count, Prompt = ask.Prompt }, default)).Text);
                    break;
            }
        }
    }
}
