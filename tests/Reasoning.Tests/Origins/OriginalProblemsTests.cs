using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Nola.Reasoning.Origins;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Tests.Sandbox;
using Nola.Reasoning.Verification;

namespace Nola.Reasoning.Tests.Origins;

/// <summary>Originals of public datasets, here small ones in the same formats, become problems.</summary>
public sealed class OriginalProblemsTests(SandboxFixture fixture) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-origins-").FullName;

    private string Target => Path.Combine(folder, "problems.jsonl");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Make_CruxEval_CallsF()
    {
        var made = await OriginalProblems.Make("cruxeval", Original("cruxeval.jsonl", JsonSerializer.Serialize(new { code = "def f(a, b):\n    return a + b", input = "'ü', \"b\"", output = "'üb'", id = "sample_0" })), Target, null, default);

        var problem = Assert.Single(ProblemFile.Read(Target));
        Assert.Equal((1, 0), (made.Count, made.LeftOut.Length));
        Assert.Equal(("cruxeval", "sample_0", "f('ü', \"b\")", "'üb'"), (problem.Dataset, problem.Id, problem.Input, problem.Output));
        Assert.True(problem.IsFunction);
    }

    [Fact]
    public async Task Make_HumanEval_AsksAboutTheFirstTellingTestAndShowsNoAnswers()
    {
        const string prompt = """"
            from typing import List


            def longest(words: List[str], least: int = 0) -> str:
                """ The longest of the words – the first of several.
                >>> longest(['a', 'bc'])
                'bc'

                At least so long.
                """

            """";
        const string check = """
            METADATA = {}

            def check(candidate):
                assert candidate([]) == None
                assert candidate([
                    'ä', 'bcd',
                    'e']) == 'bcd', "message"
                assert candidate(['x', 'y'], least=1) == 'x'
            """;

        var (problems, _) = await HumanEval(("HumanEval/7", prompt, "    best = None\n    for word in words:\n        if best is None or len(word) > len(best):\n            best = word\n    return best\n", "longest", check));

        var problem = problems.Single();
        Assert.Equal(("humaneval", "HumanEval/7", "longest(['ä', 'bcd', 'e'])", "'bcd'"), (problem.Dataset, problem.Id, problem.Input, problem.Output));
        Assert.Equal("assert longest(['ä', 'bcd', 'e']) == 'bcd'", problem.Assertion);
        Assert.Equal(check, problem.AllAssertions);
        Assert.StartsWith("from typing import List\n\n\ndef longest(words: List[str], least: int = 0) -> str:\n    best = None\n", problem.Code, StringComparison.Ordinal);
        Assert.Contains("\"\"\" The longest of the words – the first of several.\n\n    At least so long.\n    \"\"\"", problem.Specification, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("for x in range(3):\n        assert candidate(x) == x", "no test compares the value of a call itself")]
    [InlineData("assert abs(candidate(1) - 1) < 1e-6", "no test compares the value of a call itself")]
    [InlineData("assert candidate(candidate(1)) == 1", "the arguments are no constants")]
    [InlineData("x = 1\n    assert candidate(x) == 1", "the arguments are no constants")]
    [InlineData("assert candidate(1) == 2 - 1 * 1", "the expected value is no literal")]
    [InlineData("assert candidate(1)", "the tests tell only whether the value counts as true")]
    [InlineData("assert not candidate(0)", "the tests tell only whether the value counts as true")]
    public async Task Make_TestsWithoutACallAndItsValue_AreLeftOutWithTheReason(string test, string reason)
    {
        var (problems, left) = await HumanEval(
            ("HumanEval/0", "def same(x):\n    '''The same.'''\n", "    return x\n", "same", $"def check(candidate):\n    {test}\n"),
            ("HumanEval/1", "def same(x):\n    '''The same.'''\n", "    return x\n", "same", "def check(candidate):\n    assert candidate(-1.5) is -1.5\n"));

        Assert.Equal(("HumanEval/1", "same(-1.5)", "-1.5"), (problems.Single().Id, problems.Single().Input, problems.Single().Output));
        Assert.Equal(new LeftOut("HumanEval/0", reason), Assert.Single(left));
    }

    [Fact]
    public async Task Make_Mbpp_HasSpecificationTestsAndSignature()
    {
        var sandbox = fixture.Require(ProgramLanguage.Python);
        var original = Original("sanitized-mbpp.json", JsonSerializer.Serialize(new object[]
        {
            new { source_file = "x", task_id = 3, prompt = "Write a function to halve.", code = "def helper(x):\n  return x / 2\ndef halve(x,  y = 0):\n  return helper(x) ", test_imports = new[] { "import math" }, test_list = new[] { "assert math.isclose(halve(1), 0.5)", "assert (halve(3)) == (1.5)", "assert halve(4) == 2.0" } },
            new { source_file = "x", task_id = 4, prompt = "Write a function.", code = "def f(x):\n  return {x}", test_imports = Array.Empty<string>(), test_list = new[] { "assert set(f(1)) == {1}" } },
        }));

        var made = await OriginalProblems.Make("mbpp", original, Target, sandbox, default);

        var problem = Assert.Single(ProblemFile.Read(Target));
        Assert.Equal([new("4", "no test compares the value of a call itself")], made.LeftOut);
        Assert.Equal(("mbpp", "3", "halve(3)", "1.5", "Write a function to halve.", "def halve(x, y=0)"), (problem.Dataset, problem.Id, problem.Input, problem.Output, problem.Specification, problem.Signature));
        Assert.Equal("import math\nassert math.isclose(halve(1), 0.5)\nassert (halve(3)) == (1.5)\nassert halve(4) == 2.0", problem.AllAssertions);
        await foreach (var item in ReferenceVerification.Verify([problem], sandbox))
            Assert.Equal(Agreement.Agrees, item.Agreement);
    }

    [Fact]
    public async Task Make_SomethingElse_SaysSoAndLeavesNoFile()
    {
        var wrong = await Assert.ThrowsAsync<ProblemException>(() => OriginalProblems.Make("mbpp", Original("sanitized-mbpp.json", "[{]"), Target, fixture.Require(ProgramLanguage.Python), default));
        var noGzip = await Assert.ThrowsAsync<ProblemException>(() => OriginalProblems.Make("humaneval", Original("a.jsonl.gz", "{}"), Target, NoSandbox.Instance, default));
        var noSandbox = await Assert.ThrowsAsync<ProblemException>(() => OriginalProblems.Make("mbpp", Original("a.json", "[]"), Target, NoSandbox.Instance, default));

        Assert.Contains("sanitized-mbpp.json: its tests could not be parsed: Failed: json.decoder.JSONDecodeError", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("a.jsonl.gz: it is no gzip file", noGzip.Message, StringComparison.Ordinal);
        Assert.EndsWith("a.json: its tests could not be parsed: bubblewrap is missing", noSandbox.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
    }

    private async Task<(ImmutableArray<Problem> Problems, ImmutableArray<LeftOut> LeftOut)> HumanEval(params (string Id, string Prompt, string Solution, string Entry, string Test)[] items)
    {
        var file = Path.Combine(folder, "HumanEval.jsonl.gz");
        await using (var gzip = new GZipStream(File.Create(file), CompressionLevel.Fastest))
            foreach (var item in items)
                await gzip.WriteAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { task_id = item.Id, prompt = item.Prompt, canonical_solution = item.Solution, entry_point = item.Entry, test = item.Test }) + "\n"));
        var made = await OriginalProblems.Make("humaneval", file, Target, fixture.Require(ProgramLanguage.Python), default);
        return (ProblemFile.Read(Target), made.LeftOut);
    }

    private string Original(string name, string text)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, text);
        return file;
    }
}
