using Nola.Reasoning.Analyses;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Tasks;
using Nola.Reasoning.Tests.Sandbox;

namespace Nola.Reasoning.Tests.Analyses;

/// <summary>Features of programs and statistics over judged problems.</summary>
public sealed class AnalysisTests(SandboxFixture fixture)
{
    [Theory]
    [InlineData("def f(x):\n    return x\n", 1.0, "basic", 0)]
    [InlineData("def f(x):\n    for i in range(3):\n        for j in range(2):\n            pass\n\n    return x\n", 3.0, "for,nested-loop", 9)]
    [InlineData("def f(x):\n    while x < 5:\n        x += 1\n    else:\n        x = 0\n    return x\n", 3.0, "while", 4)]
    [InlineData("def f(x):\n    if x and x > 2:\n        return 1\n    elif x:\n        return 2\n    return 3\n", 4.0, "if", 0)]
    [InlineData("def f(x):\n    if x:\n        if x > 2:\n            return 1\n    return 3\n", 3.0, "if,nested-if", 0)]
    [InlineData("def f(x):\n    try:\n        return sum(i for i in range(x) if i)\n    except ValueError:\n        pass\n", 4.0, "try", 0)]
    [InlineData("def f(x):\n    match x:\n        case 1: return 1\n        case _: return 2\n", 3.0, "switch", 0)]
    [InlineData("def g(x):\n    for i in range(x): pass\n\ndef f(x):\n    g(3)\n", 1.5, "for", 3)]
    public async Task Read_PythonFunction_IsParsedAndCounted(string code, double complexity, string tags, long iterations)
    {
        var features = await ProgramFeatures.Read(Problem("a", "1") with { Code = code, Input = "f(1)" }, fixture.Require(ProgramLanguage.Python), default);

        Assert.Equal((complexity, tags, iterations), (features!.Complexity, string.Join(',', features.Tags), features.Iterations));
        Assert.Equal(code.Split('\n').Count(line => line.Trim().Length > 0), features.Lines);
    }

    [Theory]
    [InlineData("int s = 0; for (int i = 0; i < 3; i++) for (int x : new int[2]) s++;", 3.0, "for,nested-loop", 9)]
    [InlineData("int i = 0; while (i < 4) { i++; } do i--; while (i > 0);", 3.0, "while", 8)]
    [InlineData("if (a.length > 0 && a != null) { } else if (a.length == 5) { }", 4.0, "if", 0)]
    [InlineData("try { if (a.length == 0) { if (a == null) { } } } catch (RuntimeException e) { }", 4.0, "if,nested-if,try", 0)]
    [InlineData("switch (a.length) { case 0: break; case 1: break; default: }", 3.0, "switch", 0)]
    [InlineData("System.out.println(1);", 1.0, "basic", 0)]
    public async Task Read_JavaProgram_IsParsedAndCounted(string body, double complexity, string tags, long iterations)
    {
        var problem = Problem("a", "1") with { Language = ProgramLanguage.Java, Input = "", Code = $"package p; public class Main {{ public static void main(String[] a) {{ {body} }} }}" };

        var features = await ProgramFeatures.Read(problem, fixture.Require(ProgramLanguage.Java), default);

        Assert.Equal((complexity, tags, iterations), (features!.Complexity, string.Join(',', features.Tags), features.Iterations));
    }

    [Theory]
    [InlineData(ProgramLanguage.Python)]
    [InlineData(ProgramLanguage.Java)]
    public async Task Read_NoProgram_IsNull(ProgramLanguage language) =>
        Assert.Null(await ProgramFeatures.Read(Problem("a", "1") with { Language = language, Code = "f(:" }, fixture.Require(language), default));

    [Fact]
    public void GroupedRates_ByComplexity_HaveRatesAndCorrelation()
    {
        var items = new[] { (1, true), (1, true), (2, true), (2, false), (6, false), (12, false) }
            .Select((pair, i) => new AnalysedItem(Problem($"{i}", "1"), Judgement.Of(pair.Item2, "1", "1"), new(pair.Item1, 3, ["for"], null)))
            .Append(new(Problem("x", "1"), Judgement.Unjudged("no"), new(1, 3, ["for"], null)));

        var table = GroupedRates.ByComplexity(items);

        Assert.Equal([("1", 2, 1.0), ("2", 2, 0.5), ("5-6", 1, 0.0), ("10+", 1, 0.0)], table.Groups.Select(group => (group.Group, group.Count, group.Rate.Value)));
        Assert.Equal(-0.9487, table.Spearman, 1e-4);
    }

    [Fact]
    public void GroupedRates_ByOutputType_TellTypeAndValueMatch()
    {
        AnalysedItem[] items =
        [
            new(Problem("a", "1"), Judgement.Of(true, "1", "1"), null),
            new(Problem("b", "1"), Judgement.Of(false, "2", "1"), null),
            new(Problem("c", "1"), Judgement.Of(false, "[1]", "1"), null),
            new(Problem("d", "[1]"), Judgement.Of(false, null, "[1]"), null),
        ];

        var rates = GroupedRates.ByOutputType(items);

        Assert.Equal(["int", "list"], rates.Select(rate => rate.Group));
        Assert.Equal((2 / 3.0, 0.5), (rates[0].TypeMatch, rates[0].ValueMatch));
        Assert.Equal((0.0, null), (rates[1].TypeMatch, rates[1].ValueMatch));
    }

    // scipy.stats.binomtest(min(b, c), b + c, 0.5).pvalue
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(5, 5, 1)]
    [InlineData(10, 2, 0.03857421875)]
    [InlineData(0, 8, 0.0078125)]
    public void McNemar_PValue_IsThatOfTheBinomialTest(int onlyFirst, int onlySecond, double expected)
    {
        var first = Enumerable.Range(0, onlyFirst + onlySecond).ToDictionary(i => $"{i}", i => i < onlyFirst);
        var second = first.ToDictionary(pair => pair.Key, pair => !pair.Value);

        Assert.Equal(new McNemar(onlyFirst, onlySecond, expected), McNemar.Of(first, second) with { PValue = Math.Round(McNemar.Of(first, second).PValue, 12) });
    }

    [Fact]
    public void McNemar_ManyProblems_IsFinite() => Assert.InRange(McNemar.Of(
        Enumerable.Range(0, 4000).ToDictionary(i => $"{i}", i => i < 2100),
        Enumerable.Range(0, 4000).ToDictionary(i => $"{i}", i => i >= 2100)).PValue, 0.0016, 0.0018);

    [Fact]
    public void RankAgreement_WithTies_IsThatOfScipy()
    {
        // scipy.stats: kendalltau([1, 2, 2, 4], [1, 3, 2, 4]) = 0.9128709291752769, spearmanr = 0.9486832980505139
        var agreement = RankAgreement.Of(
            new Dictionary<string, double> { ["a"] = 1, ["b"] = 2, ["c"] = 2, ["d"] = 4, ["only"] = 0 },
            new Dictionary<string, double> { ["a"] = 1, ["b"] = 3, ["c"] = 2, ["d"] = 4 });

        Assert.Equal(4, agreement.Count);
        Assert.Equal(0.9128709291752769, agreement.Kendall, 1e-12);
        Assert.Equal(0.9486832980505139, agreement.Spearman, 1e-12);
    }

    [Fact]
    public void Bootstrap_Mean_HoldsTheMeanAndIsSeeded()
    {
        double[] values = [.. Enumerable.Range(0, 400).Select(i => i % 4 == 0 ? 1.0 : 0)];

        var interval = Bootstrap.Mean(values);

        // The normal approximation: 0.25 ± 1.96 √(0.25 · 0.75 / 400)
        Assert.Equal(0.25, interval.Value);
        Assert.Equal(0.25 - 0.0424, interval.Low, 0.005);
        Assert.Equal(0.25 + 0.0424, interval.High, 0.005);
        Assert.Equal(interval, Bootstrap.Mean(values));
    }

    [Fact]
    public void RateChange_DependentAgainstIndependent_IsOverProgramsThatPass()
    {
        JudgedItem[] ier = [Item("a", true), Item("b", true), Item("c", false)];
        JudgedItem[] der = [new("a", 0, Judgement.Of(false, null, null).With("synthesis", true).With("reasoning", false)), new("b", 0, Judgement.Of(true, null, null).With("synthesis", true).With("reasoning", true)), new("c", 0, Judgement.Of(false, null, null).With("synthesis", false))];

        var change = RateChange.DependentAgainstIndependent(ier, der)!;

        Assert.Equal((2, 1.0, 0.5, -0.5), (change.Count, change.Before, change.After, change.Change.Value));
        Assert.Equal((1, 0), (change.Test.OnlyFirst, change.Test.OnlySecond));
        Assert.Null(RateChange.Of([], ier));
    }

    private static JudgedItem Item(string id, bool right) => new(id, 0, Judgement.Of(right, null, null));

    private static Problem Problem(string id, string output) => new()
    {
        Dataset = "own",
        Id = id,
        Language = ProgramLanguage.Python,
        Code = "def f(x):\n    return x",
        Input = "f(1)",
        Output = output,
    };
}
