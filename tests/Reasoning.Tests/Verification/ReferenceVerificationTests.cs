using System.Diagnostics;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Tests.Sandbox;
using Nola.Reasoning.Verification;
using Nola.Testing;

namespace Nola.Reasoning.Tests.Verification;

/// <summary>Stored outputs are checked by running the code.</summary>
public sealed class ReferenceVerificationTests(SandboxFixture fixture, ITestOutputHelper output)
{
    [Fact]
    public async Task Verify_OwnProblems_TellsThoseThatDiffer()
    {
        var sandbox = fixture.Require(ProgramLanguage.Java);
        Problem[] problems =
        [
            Function("same", "f(2)", "4"),
            Function("other", "f(2)", "5"),
            Function("equal as a value", "f(2)", "4.0"),
            Function("fault", "f()", "5"),
            Program("prints the same", "print(input())", "a\r\n", "a\r\n"),
            Program("prints another", "print(1)", "", "2"),
            Program("java", "public class M { public static void main(String[] a) { System.out.println(7); } }", "", "7\n") with { Language = ProgramLanguage.Java },
        ];

        var results = new Dictionary<string, VerifiedProblem>();
        await foreach (var item in ReferenceVerification.Verify(problems, sandbox))
            results.Add(item.Problem.Id, item);

        Assert.Equal(["equal as a value", "java", "prints the same", "same"], results.Values.Where(item => item.Agreement == Agreement.Agrees).Select(item => item.Problem.Id).Order());
        Assert.Equal("Failed: AssertionError", results["other"].Reason);
        Assert.StartsWith("Failed: TypeError: f() missing", results["fault"].Reason, StringComparison.Ordinal);
        Assert.Equal("it prints 1", results["prints another"].Reason);
    }

    [Fact]
    public async Task Verify_NoSandbox_SaysNothing()
    {
        await foreach (var item in ReferenceVerification.Verify([Function("a", "f(1)", "1")], NoSandbox.Instance))
            Assert.Equal((Agreement.Unknown, "bubblewrap is missing"), (item.Agreement, item.Reason));
    }

    [Theory]
    [InlineData(0.5, 4)]
    [InlineData(3, 12)]
    public void LimitFor_Reference_IsFourTimesButAtLeastFourSeconds(double reference, double limit) =>
        Assert.Equal(TimeSpan.FromSeconds(limit), ReferenceVerification.LimitFor(TimeSpan.FromSeconds(reference)));

    /// <summary>The sets that take a few seconds; the large ones are explicit.</summary>
    [Theory]
    [InlineData("mbpp", 405)]
    [InlineData("humaneval", 155)]
    [InlineData("avatar-python", 74)]
    [InlineData("avatar-java", 82)]
    public Task Verify_SharedProblems_AgreeAsKnown(string dataset, int agree) => Check(dataset, agree);

    [Theory(Explicit = true)]
    [InlineData("cruxeval", 800)]
    [InlineData("codenet-python", 1617)]
    [InlineData("codenet-java", 1735)]
    public Task Verify_LargeSharedProblems_AgreeAsKnown(string dataset, int agree) => Check(dataset, agree);

    // Programs that depend on the versions of Python and Java may agree or not, one in two hundred; those that need NumPy agree where it is installed.
    private async Task Check(string dataset, int agree)
    {
        var problems = ProblemFile.Read(SharedData.Require($"reasoning/{dataset}.jsonl"));
        var sandbox = fixture.Require(problems[0].Language);
        var started = Stopwatch.GetTimestamp();
        var agreeing = 0;
        await foreach (var item in ReferenceVerification.Verify(problems, sandbox))
        {
            Assert.NotEqual(Agreement.Unknown, item.Agreement);
            if (item.Agreement == Agreement.Agrees)
                agreeing++;
            else
                output.WriteLine($"{item.Problem.Id}: {item.Reason}");
        }

        output.WriteLine($"{dataset}: {agreeing} of {problems.Length} agree, {problems.Length / Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} programs/s");
        Assert.InRange(agreeing, agree - 1 - problems.Length / 200, agree + 1 + problems.Length / 200 + problems.Count(problem => problem.Code.Contains("numpy", StringComparison.Ordinal)));
    }

    private static Problem Function(string id, string input, string output) => new()
    {
        Dataset = "own",
        Id = id,
        Language = ProgramLanguage.Python,
        Code = "def f(x):\n    return x * 2",
        Input = input,
        Output = output,
    };

    private static Problem Program(string id, string code, string input, string output) => new()
    {
        Dataset = "own",
        Id = id,
        Language = ProgramLanguage.Python,
        Code = code,
        Input = input,
        Output = output,
    };
}
