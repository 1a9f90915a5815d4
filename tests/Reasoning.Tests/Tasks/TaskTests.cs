using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;
using Nola.Reasoning.Scoring;
using Nola.Reasoning.Tasks;

namespace Nola.Reasoning.Tests.Tasks;

/// <summary>Tasks ask, and judge what is answered.</summary>
public class TaskTests
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
        Signature = "def double(x)",
        Assertion = "assert double(4) == 8",
        AllAssertions = "assert double(4) == 8\nassert double(0) == 0",
    };

    [Theory]
    [InlineData("cot", "<<<Analysis>>> <<<Output>>> 7 <<<Output>>>\n8\n[END-OF-RESPONSE] 9", true)]
    [InlineData("cot", "8", false)]
    [InlineData("direct", "8", true)]
    [InlineData("direct", "<<<Output>>>\n8", true)]
    public async Task ExecutionReasoning_Answer_IsWhatFollowsTheLastMark(string method, string answer, bool right)
    {
        var task = ReasoningTasks.Create("ier", method);

        Assert.Equal(right, (await Judge(task, NoSandbox.Instance, answer)).IsRight);
    }

    [Fact]
    public async Task ExecutionReasoning_Prompt_HoldsExampleCodeAndCall()
    {
        var prompt = await Prompt(ReasoningTasks.Create("ier", "cot"), NoSandbox.Instance);

        Assert.Contains("84", prompt.User, StringComparison.Ordinal);
        Assert.Contains(Doubling.Code, prompt.User, StringComparison.Ordinal);
        Assert.Contains("What does `double(4)` return?", prompt.User, StringComparison.Ordinal);
        Assert.Equal(["[END-OF-RESPONSE]"], prompt.Stop);
    }

    [Theory]
    [InlineData("direct", "assert double(4) == 8", true)]
    [InlineData("direct", "8.0", true)]
    [InlineData("direct", "assert double(4) == double(4)", false)]
    [InlineData("direct", "[ANSWER]'a == b'[/ANSWER]", false)]
    [InlineData("cot", "so [ANSWER]\nassert double(4) == 8\n[/ANSWER] done", true)]
    [InlineData("cot", "8", false)]
    public async Task CruxEvalOutput_Answer_IsComparedAsPythonValue(string method, string answer, bool right) =>
        Assert.Equal(right, (await Judge(ReasoningTasks.Create("cruxeval-output", method), NoSandbox.Instance, answer)).IsRight);

    [Fact]
    public async Task CruxEvalInput_AnswerWithoutCall_IsWrongWithoutRunning() =>
        Assert.Equal(JudgementKind.Wrong, (await Judge(ReasoningTasks.Create("cruxeval-input", "direct"), NoSandbox.Instance, "assert 8 == 8")).Kind);

    [Fact]
    public async Task CruxEvalInput_NoSandbox_IsUnjudged() =>
        Assert.Equal(JudgementKind.Unjudged, (await Judge(ReasoningTasks.Create("cruxeval-input", "direct"), NoSandbox.Instance, "assert double(4) == 8")).Kind);

    [Fact]
    public async Task SpecificationReasoning_ProgramThatEndsBeforeItsTests_IsWrong()
    {
        // Exit code 0, but the mark is missing from the output.
        var sandbox = new ScriptedSandbox(_ => new(Verdict.Passed, "", "", 0, TimeSpan.Zero));

        Assert.Equal(JudgementKind.Wrong, (await Judge(ReasoningTasks.Create("sr", "with-test"), sandbox, "raise SystemExit")).Kind);
    }

    [Fact]
    public async Task SpecificationReasoning_Answer_IsRunAfterTypingWithoutItsOwnTests()
    {
        var sandbox = new ScriptedSandbox(program => new(Verdict.Passed, "\n" + MarkOf(program) + "\n", "", 0, TimeSpan.Zero));

        var judgement = await Judge(ReasoningTasks.Create("sr", "no-test"), sandbox, "Here:\n```python\ndef double(x):\n    return 2 * x\nassert double(1) == 3\nprint(double(1))\n```\nThat is it.");

        Assert.True(judgement.IsRight);
        Assert.StartsWith("from typing import *\ndef double(x):\n    return 2 * x\n\nassert double(4) == 8\n", Assert.Single(sandbox.Programs).Code, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(10), sandbox.Programs[0].Time);
    }

    [Fact]
    public async Task SpecificationReasoning_Prompts_DifferByTest()
    {
        var sandbox = new ScriptedSandbox(program => new(Verdict.Passed, "\n" + MarkOf(program) + "\n", "", 0, TimeSpan.Zero));

        var with = (await Prompt(ReasoningTasks.Create("sr", "with-test"), sandbox)).User;
        var without = (await Prompt(ReasoningTasks.Create("sr", "no-test"), sandbox)).User;
        var misleading = (await Prompt(ReasoningTasks.Create("sr", "misleading-test", 3), sandbox)).User;

        Assert.Contains("assert double(4) == 8", with, StringComparison.Ordinal);
        Assert.DoesNotContain("assert double(4)", without, StringComparison.Ordinal);
        Assert.Contains("def double(x)", without, StringComparison.Ordinal);
        Assert.Contains("assert double(4) == ", misleading, StringComparison.Ordinal);
        Assert.DoesNotContain("assert double(4) == 8\n", misleading, StringComparison.Ordinal);
        Assert.Equal(misleading, (await Prompt(ReasoningTasks.Create("sr", "misleading-test", 3), sandbox)).User);
    }

    [Fact]
    public async Task SpecificationReasoning_NoSandbox_IsUnjudged() =>
        Assert.Equal(JudgementKind.Unjudged, (await Judge(ReasoningTasks.Create("sr", "with-test"), NoSandbox.Instance, "def double(x): pass")).Kind);

    [Fact]
    public void Create_UnknownNames_AreToldWithThoseThatThereAre()
    {
        Assert.Contains("the tasks are cruxeval-input, cruxeval-output, der, ier, sr", Assert.Throws<ArgumentException>(() => ReasoningTasks.Create("irr", "cot")).Message, StringComparison.Ordinal);
        Assert.Contains("its methods are cot, direct", Assert.Throws<ArgumentException>(() => ReasoningTasks.Create("ier", "few")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("0")]
    [InlineData("2.5")]
    [InlineData("True")]
    [InlineData("''")]
    [InlineData("'abc'")]
    [InlineData("[]")]
    [InlineData("[1, 'a']")]
    [InlineData("(1, 2)")]
    [InlineData("{1, 2}")]
    [InlineData("{'a': 1}")]
    public void ValueMutation_Of_KeepsTheTypeAndNearlyAlwaysDiffers(string literal)
    {
        var value = PythonValue.Parse(literal)!;
        var random = new Random(1);

        var mutants = Enumerable.Range(0, 50).Select(_ => ValueMutation.Of(value, random)).ToList();

        Assert.All(mutants, mutant => Assert.Equal(value.GetType(), mutant.GetType()));
        Assert.True(mutants.Count(mutant => !mutant.Equals(value)) > 40);
    }

    [Fact]
    public void Metrics_OfDependentReasoning_TellSynthesisAndReasoningApart()
    {
        var task = ReasoningTasks.Create("der", "cot");
        JudgedItem[] items =
        [
            new("a", 0, Judgement.Of(false, null, null).With("synthesis", false)),
            new("b", 0, Judgement.Of(true, null, null).With("synthesis", true).With("reasoning", true)),
            new("c", 0, Judgement.Of(false, null, null).With("synthesis", true).With("reasoning", false)),
            new("d", 0, Judgement.Unjudged("no sandbox")),
        ];

        var metrics = TaskMetrics.Of(task, items);

        Assert.Equal((2.0 / 3, 0.5, 1.0 / 3, 1.0, 4.0), (metrics["synthesis-rate"], metrics["reasoning-rate"], metrics["der"], metrics["unjudged"], metrics["problems"]));
    }

    private static string MarkOf(SandboxProgram program) => program.Code[program.Code.LastIndexOf("passed-", StringComparison.Ordinal)..].Split('\'')[0];

    private static async Task<Judgement> Judge(ReasoningTask task, ISandbox sandbox, params string[] answers) =>
        Assert.IsType<Judged>(await task.Next(Doubling, answers, sandbox, default)).Judgement;

    private static async Task<Prompt> Prompt(ReasoningTask task, ISandbox sandbox) => Assert.IsType<AskNext>(await task.Next(Doubling, [], sandbox, default)).Prompt;
}
